"""Which listed names does this document mention? Any script, with place, entry and evidence."""

from taawun.screening.text.mention import Mention
from taawun.screening.text.screener import TextScreener

__all__ = ["Mention", "TextScreener"]
