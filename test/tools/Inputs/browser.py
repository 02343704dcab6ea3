"""Opens pages of ours in headless Chromium, for tests to use them as a person
would: by mouse and keyboard, on a phone or a desktop, light or dark.

    from browser import Browser

    with Browser("shots") as page:          # screenshots go into that folder
        page.open("report.html")            # 1280x900, light
        page.click("th.peak button")
        page.expect(page.texts("td.name"), ["load", "save"])
        page.shoot("sorted")                # shots/sorted.png
        page.look(*PHONE, dark=True)        # the same page, seen otherwise

A page that logs an error, throws, breaks its own security policy or asks for
anything but the file that was opened fails the test, at the end of the `with`
at the latest.
"""

import contextlib
import json
import os
import pathlib
import sys

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

DESKTOP = (1280, 900)
PHONE = (390, 844)

ARGUMENTS = (
    "--headless=new",
    "--disable-dev-shm-usage",  # a container's /dev/shm is small
    "--disable-gpu",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--no-first-run",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND",  # no page has a network
)


# The contrast of each text with the backgrounds behind it, painted one over the
# other on a canvas: [[ratio, text]...], the lowest first.
CONTRASTS = """
const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
const luminance = (colours) => {
  canvas.fillStyle = "white";
  for (const colour of [canvas.fillStyle, ...colours]) {
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
  }
  const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((value) =>
    value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const found = [];
for (const element of document.body.querySelectorAll("*")) {
  const text = [...element.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data.trim()).join("");
  if (!text || element.disabled || !element.checkVisibility() || element.closest("script, noscript, [aria-hidden]")) continue;
  const behind = [];
  for (let at = element; at; at = at.parentElement) behind.unshift(getComputedStyle(at).backgroundColor);
  const style = getComputedStyle(element);
  const ink = luminance([...behind, element instanceof SVGElement ? style.fill : style.color]), paper = luminance(behind);
  found.push([(Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05), text]);
}
return found.sort((a, b) => a[0] - b[0]);
"""


class Failure(Exception):
    pass


class Browser:
    def __init__(self, shots="."):
        self.shots = pathlib.Path(shots)
        self.shots.mkdir(parents=True, exist_ok=True)
        self.opened = None
        options = Options()
        options.binary_location = "/usr/bin/chromium"
        for argument in ARGUMENTS:
            options.add_argument(argument)
        if os.geteuid() == 0:
            options.add_argument("--no-sandbox")
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        # The driver listens on this machine: no proxy is between.
        os.environ["no_proxy"] = "localhost,127.0.0.1"
        self.driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)

    def __enter__(self):
        return self

    def __exit__(self, kind, problem, trace):
        try:
            if kind is None:
                self.check()
            else:
                with contextlib.suppress(Exception):
                    self.shoot("failed")
                    for entry in self.driver.get_log("browser"):
                        print("console:", entry["message"], file=sys.stderr)
        finally:
            self.driver.quit()

    # ---- The page

    def open(self, path, size=DESKTOP, dark=False):
        """Opens a file, and waits until its scripts have run once."""
        if self.opened:
            self.check()
        self.opened = pathlib.Path(path).resolve().as_uri()
        self.look(*size, dark=dark)
        self.driver.get(self.opened)
        self.wait("return document.readyState === 'complete'")

    def look(self, width, height, dark=False):
        """How large the window is, and what colours its user prefers."""
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600},
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        still = {"name": "prefers-reduced-motion", "value": "reduce"}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme, still]})

    def wait(self, script, seconds=20):
        """Until the script returns something true."""
        WebDriverWait(self.driver, seconds, 0.02).until(lambda driver: driver.execute_script(script), script)

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def find(self, selector):
        found = self.driver.find_elements(By.CSS_SELECTOR, selector)
        if not found:
            raise Failure("nothing on the page is '%s'" % selector)
        return found[0]

    def find_all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    # ---- What a person does

    def click(self, selector):
        element = self.find(selector)
        self.run("arguments[0].scrollIntoView({block: 'center'})", element)
        element.click()

    def type(self, selector, text):
        self.find(selector).send_keys(text)

    def press(self, *names):
        """Keys for what has the focus: "TAB", "ENTER", "ARROW_RIGHT", or a letter."""
        keys = [getattr(Keys, name) if len(name) > 1 else name for name in names]
        self.driver.switch_to.active_element.send_keys(*keys)

    # ---- What a person sees

    def text(self, selector):
        return self.find(selector).text

    def texts(self, selector):
        """Those that are visible, in the page's order."""
        return self.run(
            "return [...document.querySelectorAll(arguments[0])].filter((one) => one.checkVisibility())"
            ".map((one) => (one.innerText ?? one.textContent).trim().replaceAll('\\u00a0', ' '))",
            selector,
        )

    def attribute(self, selector, name):
        return self.find(selector).get_attribute(name)

    def shoot(self, name, whole=False):
        """A screenshot of the window, or of the whole page."""
        path = self.shots / (name + ".png")
        if whole:
            width, height = self.run(
                "return [innerWidth, Math.min(8000, document.documentElement.scrollHeight)]"
            )
            scheme = self.run("return matchMedia('(prefers-color-scheme: dark)').matches")
            before = self.run("return innerHeight")
            self.look(width, height, scheme)
            self.driver.save_screenshot(str(path))
            self.look(width, before, scheme)
        else:
            self.driver.save_screenshot(str(path))
        return path

    def overflow(self):
        """By how many pixels the page is wider than the window: 0 on a phone that need not scroll sideways."""
        return self.run("return document.documentElement.scrollWidth - innerWidth")

    def contrasts(self):
        """[[ratio, text]...], the lowest first; 4.5 is what WCAG asks of small text."""
        return self.run(CONTRASTS)

    # ---- What must hold

    def expect(self, seen, wanted, what=""):
        if seen != wanted:
            raise Failure("%sexpected %r, the page has %r" % (what and what + ": ", wanted, seen))

    def check(self):
        """No error on the console, and no request but for the file."""
        errors = [e["message"] for e in self.driver.get_log("browser") if e["level"] in ("SEVERE", "WARNING")]
        if errors:
            raise Failure("on the console: " + "\n".join(errors))
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] != "Network.requestWillBeSent":
                continue
            url = message["params"]["request"]["url"]
            if url.split("#")[0] != self.opened and not url.startswith(("data:", "blob:", "chrome")):
                raise Failure("the page asks for " + url)
