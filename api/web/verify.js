// The page that checks certificates: the signature of a scanned code, in the browser,
// beside what the service's record says. Without a line it goes on with the keys and
// status lists that were kept (worker.js). In a verification kit it is one file, with
// keys and lists in it, and asks nobody.

const root = document.querySelector("[data-check]");
const words = JSON.parse(root.dataset.words);
const lang = document.documentElement.lang;
const payload = await import(root.dataset.payload);

const element = (name, attributes = {}, ...children) => {
  const e = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) e.setAttribute(key, value);
  e.append(...children);
  return e;
};
const printed = (id) => id.match(/.{4}/g).join("-");
const day = (seconds) => new Intl.DateTimeFormat(lang === "en" ? "en-GB" : lang, { dateStyle: "long", timeZone: root.dataset.zone }).format(new Date(seconds * 1000))
  .replace(/\sр\.$/, ""); // as on paper, with which each row is compared
const percent = (points) => new Intl.NumberFormat(lang, { minimumFractionDigits: 2 }).format(points / 100) + "\u00a0%";

const kit = document.querySelector("#kit");
const brought = kit && JSON.parse(kit.textContent);
const online = () => !brought && navigator.onLine;

async function json(path) {
  if (brought) {
    if (!Object.hasOwn(brought, path)) throw new Error(`${path} is not in the kit`);
    return brought[path];
  }
  const answer = await fetch(path, { credentials: "omit" });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

// status says what the kept lists say of a certificate, and how old they are.
async function status(claims) {
  let oldest = Infinity;
  for (const [purpose, state] of [["revocation", "revoked"], ["suspension", "suspended"]]) {
    const list = await json(`/status/${claims.list}/${purpose}`);
    const from = Date.parse(list.validFrom), until = Date.parse(list.validUntil);
    if (await payload.bit(list, claims.status)) return { state, from };
    if (Date.now() >= until) return { state: "unknown" };
    oldest = Math.min(oldest, from);
  }
  return { state: "clear", from: oldest };
}

// differences are the rows in which the paper's code and the service's record differ.
function differences(claims, record) {
  const mask = (name) => name.split(/\s+/).filter(Boolean).map((word) => [...word][0] + "***").join(" ");
  const rows = [];
  if (mask(claims.name) !== record.name) rows.push("holder");
  if (claims.title && claims.title !== record.title) rows.push("programme");
  if (claims.issued !== Number(record.issued)) rows.push("issued");
  if ((claims.expires ?? 0) !== Number(record.expires)) rows.push("validUntil");
  return rows;
}

// maxLogDelay is how far, in seconds, the date of issue and the log's first sight of a
// certificate may lie apart.
const maxLogDelay = 24 * 60 * 60;

// show puts the answer about a signed code on the page.
async function show(text, id, record) {
  const box = document.querySelector("#signed");
  box.replaceChildren();
  box.hidden = false;
  let result;
  try {
    const keys = await json("/.well-known/jwks.json").catch(() => null);
    result = keys ? await payload.check(text, id, keys) : { ...payload.parse(text), answer: "no-key" };
  } catch (error) {
    if (!(error instanceof payload.Malformed)) throw error;
    result = { answer: "no", malformed: true };
  }
  const { claims, answer } = result;
  const wrong = answer === "yes" && record ? differences(claims, record) : [];
  const apart = answer === "yes" && record?.logged !== undefined && Math.abs(record.logged - claims.issued) > maxLogDelay;
  // Without the service's record the kept lists tell whether it is in force.
  const kept = answer === "yes" && !record ? await offline(claims) : null;
  const ended = record ? answer === "yes" && record.state !== "valid" : kept !== null && kept.state !== "clear";
  const verdict = result.malformed ? "malformed" : wrong.length ? "differs" : ended ? (record ? "ended" : kept.state === "unknown" ? "unknown" : "ended") : apart ? "apart" : answer;
  const kind = { yes: "good", no: "bad", malformed: "bad", differs: "bad" }[verdict] ?? (kept?.state === "revoked" ? "bad" : "warn");
  box.className = `signed ${kind}`;
  if (kept) box.append(element("p", { class: "status", role: "status" }, `${kept.text} ${words.offline_log}`));
  box.append(element("h2", {}, words[`signed_${verdict}`]));
  if (kind === "bad") distrust();
  if (answer !== "yes") return;
  const rows = [["holder", claims.name], ["programme", claims.title || words.signed_untitled]];
  if (claims.score !== null) rows.push(["score", percent(claims.score)]);
  rows.push(["issued", day(claims.issued)]);
  if (claims.expires) rows.push(["validUntil", day(claims.expires - 1)]);
  rows.push(["number", printed(claims.id)]);
  const list = element("dl");
  for (const [name, value] of rows) {
    const differs = wrong.includes(name);
    list.append(element("dt", {}, words[name]), element("dd", differs ? { class: "differs" } : {}, differs ? `${value} — ${words.signed_row}` : value));
  }
  box.append(list);
  box.append(element("p", { class: "note" }, words.signed_compare));
}

// distrust has the heading of the page speak of the paper. What the record says is the
// state of a number, which anybody can print on another paper: it goes down to the rows.
function distrust() {
  const card = document.querySelector("#record"), heading = card?.querySelector("h1");
  if (!heading || card.classList.contains("doubtful")) return;
  card.querySelector("dl").prepend(element("dt", {}, words.signed_state), element("dd", {}, heading.textContent));
  heading.textContent = words.signed_distrust;
  card.classList.add("doubtful");
}

// offline is the state as far as it is known without the service's record, in words
// too.
async function offline(claims) {
  const now = Date.now() / 1000;
  if (claims.expires && now >= claims.expires) return { state: "expired", text: words.offline_expired };
  if (claims.issued > now + 300) return { state: "future", text: words.offline_future };
  const s = await status(claims).catch(() => ({ state: "unknown" }));
  const at = s.from ? new Intl.DateTimeFormat(lang, { dateStyle: "long", timeStyle: "short" }).format(s.from) : "";
  return { state: s.state, text: words[`offline_${s.state}`].replace("%s", at) };
}

// found takes the text of a code: any host, since trust is in the keys.
function found(text) {
  const match = /\/v\/([A-Z2-7]{16})#([A-Z2-7]+)$/.exec(text) ?? /^()([A-Z2-7]{100,})$/.exec(text);
  if (!match) return false;
  const [, id, code] = match;
  const page = `/v/${id}?lang=${lang}#${code}`;
  if (id && online() && location.href.endsWith(page)) location.reload(); // the same once more
  else if (id && online()) location.assign(page);
  else show(code, id, null).then(() => document.querySelector("#signed").scrollIntoView());
  return true;
}

const said = document.querySelector("#said");
const say = (key) => {
  const text = words[key] ?? "";
  if (said.textContent !== text) said.textContent = text; // the same again would be read out again
};

// clear takes the answer about the certificate before off the page: it is not about
// the one that comes.
function clear() {
  const box = document.querySelector("#signed");
  box.hidden = true;
  box.className = "";
  box.replaceChildren();
}

// reader finds codes in pictures: the browser's own where there is one, else the
// embedded jsQR.
let known;
async function reader() {
  known ??= await (async () => {
    if ("BarcodeDetector" in globalThis && (await BarcodeDetector.getSupportedFormats()).includes("qr_code")) {
      const detector = new BarcodeDetector({ formats: ["qr_code"] });
      return async (picture) => (await detector.detect(picture)).map((c) => c.rawValue);
    }
    await new Promise((resolve, reject) => {
      const script = element("script", { src: root.dataset.jsqr });
      script.onload = resolve;
      script.onerror = reject;
      document.head.append(script);
    });
    return async (picture) => {
      const width = picture.videoWidth || picture.width, height = picture.videoHeight || picture.height;
      const scales = [1600, 1000, 2400].map((longer) => Math.min(1, longer / Math.max(width, height)));
      for (const scale of new Set(scales)) {
        const canvas = document.createElement("canvas");
        canvas.width = Math.max(1, width * scale);
        canvas.height = Math.max(1, height * scale);
        const context = canvas.getContext("2d", { willReadFrequently: true });
        context.drawImage(picture, 0, 0, canvas.width, canvas.height);
        const code = jsQR(context.getImageData(0, 0, canvas.width, canvas.height).data, canvas.width, canvas.height);
        if (code) return [code.data];
      }
      return [];
    };
  })();
  return known;
}

// certificates are the codes of certificates among what was read, each once.
const certificates = (texts) => [...new Set(texts)].filter((t) => /\/v\/[A-Z2-7]{16}#/.test(t));

const maxFile = 20 << 20;

// take looks into a PDF or an image.
async function take(file) {
  clear();
  say("scan_looking");
  if (file.size > maxFile) return say("scan_large");
  const bytes = new Uint8Array(await file.arrayBuffer());
  let texts = [];
  if (bytes[0] === 0x25 && bytes[1] === 0x50) { // %P: the address stands in the link
    const all = new TextDecoder("latin1").decode(bytes);
    texts = all.match(/https?:\/\/[^\s()<>#]+\/v\/[A-Z2-7]{16}#[A-Z2-7]+/g) ?? [];
  } else {
    try { texts = await (await reader())(await createImageBitmap(new Blob([bytes]))); } catch { texts = []; }
  }
  const codes = certificates(texts);
  if (codes.length > 1) return say("scan_two");
  if (codes.length === 0 || !found(codes[0])) return say("scan_none");
  say("");
}

// pause is between two looks through the camera, in milliseconds: a phone's processor
// rests half of the time.
const pause = 200;

// refusals are what a browser may say instead of opening a camera, in our words.
const refusals = { NotAllowedError: "scan_refused", NotFoundError: "scan_nocamera", OverconstrainedError: "scan_nocamera" };

// camera has the button open the camera, which looks until it sees one certificate's
// code, the button is pressed again, or nobody sees the page any more. The button stays
// where it is: who pressed it by the keyboard stands on it.
function camera(button, video) {
  const start = button.textContent;
  let session = null; // of one press of the button

  const stop = (key) => {
    if (!session) return;
    session.stream?.getTracks().forEach((track) => track.stop());
    session = null;
    video.srcObject = null;
    video.hidden = true;
    button.textContent = start;
    say(key);
  };

  const look = async (mine, read) => {
    const texts = video.readyState >= 2 ? await read(video).catch(() => []) : [];
    if (session !== mine) return;
    const codes = certificates(texts);
    if (codes.length === 1) {
      stop("");
      if (!found(codes[0])) say("scan_none");
      return;
    }
    if (texts.length > 0) say(codes.length ? "scan_two" : "scan_other");
    setTimeout(() => look(mine, read), pause);
  };

  const open = async () => {
    const mine = session = {};
    clear();
    say("");
    button.textContent = words.scan_stop;
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } } });
      if (session !== mine) return stream.getTracks().forEach((track) => track.stop());
      mine.stream = stream;
      stream.getVideoTracks()[0].addEventListener("ended", () => session === mine && stop("scan_busy"));
      video.srcObject = stream;
      video.hidden = false;
      await video.play();
    } catch (error) {
      return session === mine && stop(refusals[error.name] ?? "scan_busy");
    }
    let read;
    try { read = await reader(); } catch { return session === mine && stop("scan_unable"); }
    if (session !== mine) return;
    say("scan_aim");
    said.scrollIntoView(); // with the picture below it
    look(mine, read);
  };

  button.addEventListener("click", () => (session ? stop("scan_stopped") : open()));
  document.addEventListener("visibilitychange", () => document.hidden && stop("scan_stopped"));
  addEventListener("pagehide", () => stop(""));
}

function tools() {
  const box = document.querySelector("#tools");
  if (!box) return;
  box.hidden = false;
  const file = box.querySelector("input[type=file]"), button = box.querySelector("button"), video = box.querySelector("video");
  file.addEventListener("change", () => file.files[0] && take(file.files[0]));
  button.hidden = !navigator.mediaDevices?.getUserMedia;
  camera(button, video);
  document.querySelector("#pasted")?.addEventListener("submit", (event) => {
    event.preventDefault();
    clear();
    say(found(event.target.elements.text.value.trim()) ? "" : "scan_none");
  });
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files[0]) take(event.dataTransfer.files[0]);
  });
}

// keep has the worker keep what is needed without a line.
async function keep() {
  if (brought || !("serviceWorker" in navigator)) return;
  await navigator.serviceWorker.register("/v/worker.js", { scope: "/v" });
  const ready = await navigator.serviceWorker.ready;
  ready.active?.postMessage("keep");
}

tools();
const code = location.hash.slice(1), id = /\/v\/([A-Z2-7]{16})$/.exec(location.pathname)?.[1] ?? "";
const record = document.querySelector("#record")?.dataset;
if (code) await show(code, id, record?.issued ? record : null);
else if (id && !record?.issued) say("offline_nocode");
addEventListener("hashchange", () => location.reload());
keep().catch(() => {});
