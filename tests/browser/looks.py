"""What a page must look like to everybody: axe, nothing wider than the screen, room for a finger, letters to read."""

from pathlib import Path

AXE = (Path(__file__).parent / "axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ALSO = ["color-contrast-enhanced", "target-size"]
COLOURS = ["color-contrast", "color-contrast-enhanced", "link-in-text-block"]

RUN_AXE = """async ({tags, also, only}) => {
  const options = only ? {runOnly: {type: "rule", values: only}}
    : {runOnly: {type: "tag", values: tags}, rules: Object.fromEntries(also.map((name) => [name, {enabled: true}]))};
  const found = await axe.run(document, {...options, resultTypes: ["violations"]});
  return found.violations.map((one) => `${one.id} ×${one.nodes.length}: ` + one.nodes.slice(0, 3)
    .map((node) => `${node.target.join(" ")} ${(node.any[0] || node.all[0] || node.none[0] || {}).message || ""}`).join(" | "));
}"""

# Inside these a page may be wider than the screen: they scroll by themselves.
OVERFLOW = """() => {
  const wide = document.documentElement.clientWidth, whole = document.documentElement.scrollWidth;
  if (whole <= wide + 1) return [];
  const guilty = [...document.querySelectorAll("body *")].filter((e) => {
    const box = e.getBoundingClientRect();
    return box.width && box.right > wide + 1 && !e.closest(".tabs, .sheetbox, .tablebox, .vh, svg");
  });
  return [`${whole}px on ${wide}px: ` + guilty.slice(0, 4).map((e) =>
    `${e.tagName}.${e.className} ${Math.round(e.getBoundingClientRect().right)} ${e.textContent.trim().slice(0, 30)}`).join(" | ")];
}"""

SMALL = """() => {
  const found = new Set();
  for (const e of document.querySelectorAll("a, button, select, input:not([type=hidden]), summary, textarea")) {
    if (e.closest(".vh, .sheet, .skip") || !e.checkVisibility({checkVisibilityCSS: true})) continue;
    if (e.tagName === "A" && getComputedStyle(e).display === "inline") continue;
    const box = (e.closest("label") || e).getBoundingClientRect();
    const words = (e.textContent || e.name || "").trim().slice(0, 24);
    if (box.width && (box.height < 47.5 || box.width < 47.5))
      found.add(`tap ${e.tagName}.${e.className} ${Math.round(box.width)}×${Math.round(box.height)} ${words}`);
  }
  for (const e of document.querySelectorAll("body *")) {
    if (e.closest("svg, .sheet, .vh, noscript, script") || !e.checkVisibility()) continue;
    if (![...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim())) continue;
    const size = parseFloat(getComputedStyle(e).fontSize);
    if (size < 15.9) found.add(`letters ${e.tagName}.${e.className} ${size}px`);
  }
  return [...found];
}"""


def axe(page, *, only_colours=False):
    """What axe finds, one line for each rule."""
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(AXE)
    found = page.evaluate(RUN_AXE, {"tags": TAGS, "also": ALSO, "only": COLOURS if only_colours else None})
    return [f"axe {line}" for line in found]


def overflow(page, width, *, text="vua", height=780):
    """Whether the page is wider than a screen of this width, with letters of this size."""
    page.set_viewport_size({"width": width, "height": height})
    page.evaluate("(size) => { document.documentElement.dataset.text = size; }", text)
    return [f"overflow at {width}, letters {text}: {line}" for line in page.evaluate(OVERFLOW)]


def too_small(page):
    """Places to tap below 48 px (links inside a sentence may be smaller), letters below 16 px."""
    return page.evaluate(SMALL)
