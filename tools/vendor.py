"""Fetches the front-end files we ship (npm packages, pinned) and lays the named ones into the tree with their licences.

Needs npm; the product does not. Every file's sha256 goes into lms/web/static/vendor/MANIFEST.
"""

import hashlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "lms" / "web"
VENDOR = WEB / "static" / "vendor"
FONTS = ROOT / "lms" / "certificates" / "fonts"
AXE = ROOT / "tests" / "browser" / "axe.min.js"
PACKAGES = {
    "lucide-static@1.62.0": {"LICENSE": VENDOR / "lucide" / "LICENSE"},
    "axe-core@4.14.0": {"axe.min.js": AXE},
    "@expo-google-fonts/be-vietnam-pro@0.4.1": {
        "500Medium/BeVietnamPro_500Medium.ttf": FONTS / "BeVietnamPro_500Medium.ttf",
        "700Bold/BeVietnamPro_700Bold.ttf": FONTS / "BeVietnamPro_700Bold.ttf"},
    "@expo-google-fonts/eb-garamond@0.4.3": {
        "500Medium/EBGaramond_500Medium.ttf": FONTS / "EBGaramond_500Medium.ttf",
        "600SemiBold/EBGaramond_600SemiBold.ttf": FONTS / "EBGaramond_600SemiBold.ttf"},
}


def main():
    extra_icons = sys.argv[1:]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for package, files in PACKAGES.items():
            unpacked = fetch(package, folder)
            for source, target in files.items():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(unpacked / source, target)
            if package.startswith("lucide"):
                refresh_icons(unpacked / "icons", extra_icons)
    write_manifest()
    return 0


def fetch(package, folder):
    """The unpacked package."""
    packed = subprocess.run(["npm", "pack", "--silent", package], cwd=folder, check=True, capture_output=True, text=True)
    target = folder / hashlib.sha256(package.encode()).hexdigest()[:8]
    with tarfile.open(folder / packed.stdout.strip().splitlines()[-1]) as archive:
        archive.extractall(target, filter="data")
    return target / "package"


def refresh_icons(icons, extra):
    """The icons we use already, the extra ones asked for, and our own skill marks (s0 to s3), one symbol a line."""
    path = WEB / "icons.svg"
    old = re.findall(r'<symbol id="([^"]+)".*?</symbol>', text := path.read_text(encoding="utf-8"))
    own = [line for line in text.splitlines() if re.match(r'<symbol id="s[0-3]"', line)]
    names = sorted({name for name in [*old, *extra] if not re.fullmatch("s[0-3]", name)})
    head = text.splitlines()[:2]
    symbols = [f'<symbol id="{name}" viewBox="0 0 24 24">{drawing(icons / f"{name}.svg")}</symbol>' for name in names]
    path.write_text("\n".join([*head, *symbols, *own, "</svg>"]) + "\n", encoding="utf-8")


def drawing(path):
    """What stands inside the icon's <svg>, on one line."""
    body = re.search(r"<svg[^>]*>(.*)</svg>", path.read_text(encoding="utf-8"), re.DOTALL)[1]
    return re.sub(r"\s+", " ", body).strip().replace("> <", "><").replace(" />", "/>")


def write_manifest():
    """sha256 and path of every vendored file, without addresses."""
    files = sorted(p for p in [*VENDOR.rglob("*"), *FONTS.rglob("*"), AXE] if p.is_file() and p.name != "MANIFEST")
    lines = [f"{hashlib.sha256(p.read_bytes()).hexdigest()}  {p.relative_to(ROOT).as_posix()}" for p in files]
    (VENDOR / "MANIFEST").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
