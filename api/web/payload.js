// The signed statement of a certificate's QR code, as docs/formats.md describes it:
// read strictly, one encoding for one statement, and checked with WebCrypto. The same
// vectors as for the Go code hold it (certs/testdata/payloads.json).

const MAX_DATE = 253402300799; // the end of the year 9999, in seconds
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

export class Malformed extends Error {}

const refuse = (why) => { throw new Malformed(why); };

// base32 decodes RFC 4648 without padding: upper case only, no unused bits.
export function base32(text) {
  const out = new Uint8Array(Math.floor((text.length * 5) / 8));
  let bits = 0, value = 0, at = 0;
  for (const letter of text) {
    const n = ALPHABET.indexOf(letter);
    if (n < 0) refuse("not base32");
    value = ((value << 5) | n) & 0xfff;
    if ((bits += 5) >= 8) out[at++] = (value >> (bits -= 8)) & 0xff;
  }
  if (bits >= 5 || (value & ((1 << bits) - 1)) !== 0) refuse("not canonical base32");
  return out;
}

export function toBase32(bytes) {
  let text = "", bits = 0, value = 0;
  for (const b of bytes) {
    value = ((value << 8) | b) & 0x1fff;
    for (bits += 8; bits >= 5; bits -= 5) text += ALPHABET[(value >> (bits - 5)) & 31];
  }
  return bits > 0 ? text + ALPHABET[(value << (5 - bits)) & 31] : text;
}

// Reader reads deterministic CBOR (RFC 8949 section 4.2.1), as far as it is used.
class Reader {
  constructor(bytes) { this.bytes = bytes; this.at = 0; }
  head() {
    if (this.at >= this.bytes.length) refuse("it ends too early");
    const first = this.bytes[this.at++], major = first >> 5, info = first & 31;
    if (info < 24) return [major, info];
    if (info > 27) refuse("a length is indefinite");
    const size = 1 << (info - 24);
    if (this.at + size > this.bytes.length) refuse("it ends too early");
    let n = 0n;
    for (let i = 0; i < size; i++) n = (n << 8n) | BigInt(this.bytes[this.at++]);
    const least = [24n, 256n, 65536n, 4294967296n][info - 24];
    if (n < least || n > BigInt(Number.MAX_SAFE_INTEGER)) refuse("a number is not in its shortest form");
    return [major, Number(n)];
  }
  expect(major, n) {
    const [m, value] = this.head();
    if (m !== major || (n !== undefined && value !== n)) refuse("not what a certificate holds");
    return value;
  }
  int() {
    const [major, n] = this.head();
    if (major > 1) refuse("not a number");
    return major === 0 ? n : -1 - n;
  }
  bytesOf(major) {
    const n = this.expect(major);
    if (this.at + n > this.bytes.length) refuse("it ends too early");
    return this.bytes.subarray(this.at, (this.at += n));
  }
  // upTo reads a number from 0 to a greatest.
  upTo(greatest) {
    const n = this.expect(0);
    if (n > greatest) refuse("a number is out of bounds");
    return n;
  }
  // peek is the major type of what follows, and whether it is null.
  peek() { return this.bytes[this.at] === 0xf6 ? null : this.bytes[this.at] >> 5; }
  end() { if (this.at !== this.bytes.length) refuse("something follows it"); }
}

let windows1251;
// cp1251 encodes text as windows-1251, or returns null where that cannot be.
function cp1251(text) {
  if (!windows1251) {
    const all = new TextDecoder("windows-1251").decode(Uint8Array.from({ length: 256 }, (_, i) => i));
    windows1251 = new Map([...all].map((letter, i) => [letter, i]));
    windows1251.delete("\u0098"); // a place that has no letter
  }
  const out = [];
  for (const letter of text) {
    if (!windows1251.has(letter)) return null;
    out.push(windows1251.get(letter));
  }
  return out;
}

const utf8 = (text) => new TextEncoder().encode(text);

// text reads UTF-8 (a text string) or windows-1251 (a byte string), whichever is
// shorter, and no other.
function text(r) {
  const major = r.peek();
  if (major === 2) {
    const raw = r.bytesOf(2), s = new TextDecoder("windows-1251").decode(raw), again = cp1251(s);
    if (!again || again.length !== raw.length || again.some((b, i) => b !== raw[i]) || raw.length >= utf8(s).length) refuse("text is not in its shortest form");
    return s;
  }
  const raw = r.bytesOf(3);
  let s;
  try { s = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(raw); } catch { refuse("text is not UTF-8"); }
  const short = cp1251(s);
  if (short && short.length < raw.length) refuse("text is not in its shortest form");
  return s;
}

// parse reads a payload whose signature is still to be checked.
export function parse(payload) {
  const r = new Reader(base32(payload));
  r.expect(6, 18); // COSE_Sign1, RFC 9052 section 4.2
  r.expect(4, 4);
  const head = r.bytesOf(2);
  r.expect(5, 0);
  const body = r.bytesOf(2), signature = r.bytesOf(2);
  r.end();
  if (signature.length !== 64) refuse("the signature has not 64 bytes");

  const h = new Reader(head);
  h.expect(5, 2);
  if (h.int() !== 1 || h.int() !== -8 || h.int() !== 4) refuse("not signed with EdDSA");
  const kid = h.bytesOf(2);
  h.end();
  if (kid.length !== 2) refuse("the key has no serial");

  const b = new Reader(body), claims = { key: (kid[0] << 8) | kid[1], list: 0 };
  const members = b.expect(5);
  if (members !== 3 && members !== 4) refuse("not what a certificate holds");
  if (members === 4) {
    if (b.int() !== 4) refuse("not what a certificate holds");
    if ((claims.expires = b.upTo(MAX_DATE)) === 0) refuse("not what a certificate holds");
  }
  if (b.int() !== 6) refuse("not what a certificate holds");
  claims.issued = b.upTo(MAX_DATE);
  if (b.int() !== 7) refuse("not what a certificate holds");
  const id = b.bytesOf(2);
  if (id.length !== 10) refuse("the number has not 80 bits");
  claims.id = toBase32(id);
  if (b.int() !== -65537) refuse("not what a certificate holds");
  const parts = b.expect(4);
  if ((parts !== 5 && parts !== 6) || b.int() !== 1) refuse("not a statement of version 1");
  claims.name = text(b);
  claims.title = text(b);
  claims.score = b.peek() === null ? (b.at++, null) : b.upTo(10000);
  claims.status = b.upTo(131071);
  if (parts === 6 && (claims.list = b.upTo(65535)) < 1) refuse("the first status list is named");
  b.end();
  return { claims, signature, signed: sigStructure(head, body) };
}

// sigStructure is what is signed: RFC 9052 section 4.4.
function sigStructure(head, body) {
  const string = (major, bytes) => {
    const n = bytes.length, lead = n < 24 ? [n] : n < 256 ? [24, n] : [25, n >> 8, n & 255];
    lead[0] |= major << 5;
    return [...lead, ...bytes];
  };
  return Uint8Array.from([0x84, ...string(3, utf8("Signature1")), ...string(2, head), ...string(2, []), ...string(2, body)]);
}

const base64url = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));

// check checks a payload against a key set. It answers { claims, answer } where
// answer is "yes", "no", "revoked" (the key is known to others now), "no-key" (the set
// does not have it) or "unable" (the browser cannot check Ed25519 here).
export async function check(payload, id, keySet) {
  const { claims, signature, signed } = parse(payload);
  const ours = (k) => k.kty === "OKP" && k.crv === "Ed25519" && k.serial === claims.key;
  const good = (keySet.keys ?? []).find(ours), revoked = (keySet.revoked ?? []).find(ours), key = good ?? revoked;
  if (id && id !== claims.id) return { claims, answer: "no" };
  if (!key) return { claims, answer: "no-key" };
  let genuine;
  try {
    const imported = await crypto.subtle.importKey("raw", base64url(key.x), { name: "Ed25519" }, false, ["verify"]);
    genuine = await crypto.subtle.verify({ name: "Ed25519" }, imported, signature, signed);
  } catch {
    return { claims, answer: "unable" };
  }
  return { claims, answer: !genuine ? "no" : good ? "yes" : "revoked" };
}

// bit reads one place of a published status list.
export async function bit(list, index) {
  const packed = base64url(list.credentialSubject.encodedList.slice(1));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  if (index < 0 || index >= bytes.length * 8) throw new Malformed("outside the list");
  return (bytes[index >> 3] & (0x80 >> (index & 7))) !== 0;
}
