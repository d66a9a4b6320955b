"""How cells look: in the notebook's own colors and fonts, so light and dark need no choice.

Notebooks style lists and paragraphs themselves; each rule here is more specific
than theirs. There is no script, and nothing is loaded.
"""

from __future__ import annotations

_RULES = """
.wan-cards { --wan-line: color-mix(in srgb, currentColor 22%, transparent);
  display: grid; gap: 12px; grid-template-columns: repeat(auto-fill, minmax(260px, 1fr));
  font-family: system-ui, sans-serif; font-size: 13px; line-height: 1.45; margin: 4px 0; }
.wan-cards.wan-one { grid-template-columns: minmax(0, 760px); }
.wan-cards .wan-card { border: 1px solid var(--wan-line); border-radius: 8px; display: flex;
  flex-flow: column; gap: 8px; min-width: 0; overflow: hidden; padding: 0 0 10px; }
.wan-cards .wan-card > * { margin: 0 12px; }
.wan-cards .wan-card > video, .wan-cards .wan-card > img { background: #000; border-radius: 0;
  display: block; margin: 0; max-height: 480px; max-width: none; object-fit: contain;
  width: 100%; }
.wan-cards:not(.wan-one) .wan-card > :is(video, img) { height: 160px; }
.wan-cards .wan-head, .wan-line { align-items: baseline; display: flex; flex-wrap: wrap;
  gap: 2px 10px; }
.wan-cards .wan-head { margin-top: 10px; }
.wan-status { font-weight: 600; white-space: nowrap; }
.wan-status::before { background: #3b82f6; border-radius: 50%; content: "";
  display: inline-block; height: 9px; margin-right: 7px; width: 9px; }
.wan-status[data-state=completed]::before { background: #16a34a; }
.wan-status[data-state=failed]::before { background: #dc2626; border-radius: 1px; }
.wan-quiet, .wan-cards .wan-card .wan-note { opacity: .75; }
.wan-cards .wan-card .wan-id { background: none; border: 0; color: inherit; font-size: 12px;
  opacity: .75; overflow-wrap: anywhere; padding: 0; }
.wan-cards .wan-card .wan-prompt { font-size: 14px; max-height: 8.7em; overflow: auto;
  overflow-wrap: anywhere; white-space: pre-wrap; }
.wan-cards .wan-card dl { display: grid; gap: 1px 12px; width: auto;
  grid-template-columns: max-content minmax(0, 1fr); }
.wan-cards .wan-card dl dt { float: none; font-weight: 400; margin: 0; opacity: .75;
  padding: 0; width: auto; }
.wan-cards .wan-card dl dd { float: none; margin: 0; overflow-wrap: anywhere; padding: 0;
  unicode-bidi: isolate; width: auto; }
.wan-line { font: 13px/1.45 system-ui, sans-serif; margin: 4px 0; }
.wan-line .wan-quiet { overflow-wrap: anywhere; }
"""
STYLE = f"<style>{' '.join(_RULES.split())}</style>"
