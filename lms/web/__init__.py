"""The shell every page shares: access decorators, base form, layout, components, phrases, safe Markdown. Knows no feature."""
