package browsertest

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"golang.org/x/image/draw"
	"golang.org/x/image/math/f64"

	"github.com/proba-exam/proba/certs"
)

// TestTheCamera holds codes before the camera of a phone: a browser plays a file as what
// its camera sees.
func TestTheCamera(t *testing.T) {
	w := newWorld(t)
	c := certificateOf(t, w, "camera", 365)
	code, err := certs.QRPNG(w.Certs.URL(&c))
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := certs.QRPNG("HTTPS://PROBA.TEST/MENU")
	if err != nil {
		t.Fatal(err)
	}
	kit := t.TempDir()
	kitIn(t, w, kit)
	p := newPhone(t, w)
	p.refused()
	p.permit(browser.PermissionSettingGranted)
	p.aimed()
	p.letGo()
	p.hold(foreign, 0, 0)
	p.press()
	p.until("another code is told from a certificate's", "document.querySelector('#said').textContent.includes('не сертифіката')")
	p.press()
	p.elsewhere("/v/" + string(c.ID))

	// On a service that answers, a straight code leads to the certificate's page.
	p.open("/v?lang=uk")
	p.hold(code, 0, 0)
	p.press()
	p.at("/v/" + string(c.ID))
	p.until("it is answered", "document.querySelector('.signed.good h2')")
	if said := value[string](p.device, "document.body.innerText"); !strings.Contains(said, "Сертифікат чинний") || !strings.Contains(said, holder) {
		t.Errorf("after the camera: %s", said)
	}

	// A phone in a cellar: the app that was kept, and a code held aslant and unsharp.
	p.hold(code, 9, 1)
	p.open("/v?lang=uk")
	p.checkerKept()
	w.line.cut()
	p.online(false)
	p.open("/v?lang=uk")
	p.inPlace("the kept page")
	p.online(true)

	p.openFile(filepath.Join(kit, "index.html"))
	p.inPlace("the page of the kit")
}

// phone is a device whose camera sees what the test holds before it.
type phone struct{ *reviewer }

func newPhone(t *testing.T, w *world) phone {
	t.Helper()
	p := phone{newReviewer(w.device(t), "uk")}
	p.do(chromedp.EmulateViewport(390, 844))
	p.hold(nil, 0, 0)
	p.permit(browser.PermissionSettingDenied)
	p.open("/v?lang=uk")
	return p
}

const cameraButton = "#tools button"

// permit answers what a browser asks before it opens a camera.
func (p phone) permit(answer browser.PermissionSetting) {
	p.t.Helper()
	_, err := chromedp.CallBrowser(p.ctx, browser.SetPermission, browser.SetPermissionParams{
		Permission: &browser.PermissionDescriptor{Name: "camera"}, Setting: answer, BrowserContextID: chromedp.FromContext(p.ctx).BrowserContextID})
	if err != nil {
		p.t.Fatal(err)
	}
}

// online says what the browser knows of the network.
func (p phone) online(yes bool) {
	p.t.Helper()
	if _, err := chromedp.Call(p.ctx, network.OverrideNetworkState, network.OverrideNetworkStateParams{Offline: !yes, DownloadThroughput: -1, UploadThroughput: -1}); err != nil {
		p.t.Fatal(err)
	}
}

// press presses the camera's button by the keyboard, and keeps the track that comes.
func (p phone) press() {
	p.t.Helper()
	p.until("the page's script shows the button", fmt.Sprintf("document.querySelector(%q)?.offsetParent", cameraButton))
	value[bool](p.device, `(() => {
		const devices = navigator.mediaDevices;
		if (!window.opened) {
			window.opened = [];
			const open = devices.getUserMedia.bind(devices);
			devices.getUserMedia = async (what) => { const stream = await open(what); window.opened.push(...stream.getTracks()); return stream; };
		}
		return true;
	})()`)
	p.do(chromedp.Focus(chromedp.CSS(cameraButton)), chromedp.KeyEvent("\r"))
}

// off fails the test unless the camera was on and is off, and the focus stays.
func (p phone) off(when string) {
	p.t.Helper()
	p.until("the camera is off "+when, "opened.length > 0 && opened.every((t) => t.readyState === 'ended') && document.querySelector('video').hidden")
	p.focused(when)
}

func (p phone) focused(when string) {
	p.t.Helper()
	if !p.is(fmt.Sprintf("document.activeElement === document.querySelector(%q) && document.activeElement.textContent === 'Сканувати камерою'", cameraButton)) {
		p.t.Errorf("%s: the button lost the focus or its words: %s", when, value[string](p.device, "document.activeElement.outerHTML"))
	}
}

// refused is a person who does not let the page use the camera, and devices whose camera
// is missing or taken.
func (p phone) refused() {
	p.t.Helper()
	p.press()
	p.until("it says that the camera is not allowed", "document.querySelector('#said').textContent.includes('не дозволено')")
	p.focused("refused")
	p.picture("camera-refused.png")
	for name, want := range map[string]string{"NotFoundError": "не знайдено", "NotReadableError": "інша програма"} {
		value[bool](p.device, fmt.Sprintf("(window.real ??= navigator.mediaDevices.getUserMedia, navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', %q)), true)", name))
		p.press()
		p.until(name+" is said in words", fmt.Sprintf("document.querySelector('#said').textContent.includes(%q)", want))
		p.focused(name)
	}
	value[bool](p.device, "(navigator.mediaDevices.getUserMedia = window.real, true)")
}

// aimed looks at the page while the camera sees no code.
func (p phone) aimed() {
	p.t.Helper()
	p.press()
	p.until("the camera is on", "document.querySelector('video').currentTime > 0 && document.querySelector('#said').textContent.includes('Піднесіть')")
	if !p.is("document.activeElement.textContent === 'Вимкнути камеру' && opened.every((t) => t.readyState === 'live')") {
		p.t.Errorf("while it scans the focus is on %s", value[string](p.device, "document.activeElement.outerHTML"))
	}
	if !p.is("['#said', '#tools button', 'video'].every((css) => { const r = document.querySelector(css).getBoundingClientRect(); return r.top >= 0 && r.bottom <= innerHeight; })") {
		p.t.Error("what the camera sees, its button and its words do not fit a phone's window")
	}
	p.look("camera")
	p.do(chromedp.EmulateViewport(390, 844))
}

// letGo turns the camera off by the button, and by looking away.
func (p phone) letGo() {
	p.t.Helper()
	p.press()
	p.off("after the button")
	p.press()
	p.until("the camera is on again", "opened.some((t) => t.readyState === 'live')")
	value[bool](p.device, "(Object.defineProperty(document, 'hidden', { value: true, configurable: true }), document.dispatchEvent(new Event('visibilitychange')))")
	p.off("while nobody looks")
	value[bool](p.device, "delete document.hidden")
}

// elsewhere is a page without a use for a camera: it does not get it from a browser that
// allows it.
func (p phone) elsewhere(path string) {
	p.t.Helper()
	p.open(path)
	if got := value[string](p.device, "navigator.mediaDevices.getUserMedia({ video: true }).then(() => 'open', (e) => e.name)"); got != "NotAllowedError" {
		p.t.Errorf("%s: the camera: %s", path, got)
	}
}

// inPlace has the page that is open answer by itself about what is held.
func (p phone) inPlace(page string) {
	p.t.Helper()
	p.until("the page works", "!document.querySelector('#tools').hidden")
	p.press()
	p.until(page+" answers", "document.querySelector('.signed.good h2')")
	p.off("after a hit on " + page)
	said := value[string](p.device, "document.querySelector('#signed').innerText")
	for _, want := range []string{"Код справжній", holder, "87,50", "не відкликано й не призупинено", "журналі тут не перевірено"} {
		if !strings.Contains(said, want) {
			p.t.Errorf("%s does not say %q: %s", page, want, said)
		}
	}
	if !p.is("(() => { const top = document.querySelector('#signed').getBoundingClientRect().top; return top >= 0 && top < innerHeight / 2; })()") {
		p.t.Errorf("%s: the answer is out of sight", page)
	}
	p.picture("camera-" + strings.ReplaceAll(page, " ", "-") + ".png")
}

// hold writes what the camera sees: a sheet of paper on a desk, with the code turned by
// degrees and unsharp by a number of pixels. Without a code the sheet is empty.
func (p phone) hold(code []byte, degrees float64, unsharp int) {
	p.t.Helper()
	const width, height, frames = 640, 480, 4
	sheet := image.NewGray(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			sheet.SetGray(x, y, color.Gray{Y: uint8(245 - (x+y)/20)}) // light falls from one side
		}
	}
	if code != nil {
		source, err := png.Decode(bytes.NewReader(code))
		if err != nil {
			p.t.Fatal(err)
		}
		side, across := float64(source.Bounds().Dx()), .8*height
		sin, cos := math.Sincos(degrees * math.Pi / 180)
		sin, cos = sin*across/side, cos*across/side
		draw.BiLinear.Transform(sheet, f64.Aff3{cos, -sin, width/2 - (cos-sin)*side/2, sin, cos, height/2 - (sin+cos)*side/2}, source, source.Bounds(), draw.Over, nil)
	}
	frame := append([]byte("FRAME\n"), blurred(sheet, unsharp)...)
	frame = append(frame, bytes.Repeat([]byte{128}, width*height/2)...) // no colours
	video := append(fmt.Appendf(nil, "YUV4MPEG2 W%d H%d F20:1 Ip A1:1 C420\n", width, height), slices.Repeat(frame, frames)...)
	if err := os.WriteFile(film, video, 0o600); err != nil {
		p.t.Fatal(err)
	}
}

// blurred are the pixels as video has them, from 16 to 235, each the mean of those around.
func blurred(g *image.Gray, radius int) []byte {
	out := make([]byte, 0, len(g.Pix))
	for y := range g.Rect.Dy() {
		for x := range g.Rect.Dx() {
			var sum, n int
			for v := max(0, y-radius); v <= min(g.Rect.Dy()-1, y+radius); v++ {
				for u := max(0, x-radius); u <= min(g.Rect.Dx()-1, x+radius); u++ {
					sum, n = sum+int(g.Pix[v*g.Stride+u]), n+1
				}
			}
			out = append(out, byte(16+sum*219/(n*255)))
		}
	}
	return out
}
