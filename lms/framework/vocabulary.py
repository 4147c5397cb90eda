"""The closed lists of words that files and tables share."""

from typing import Literal

Confidence = Literal["official-text", "official-summary", "inferred"]
Audience = Literal["nguoi-dan", "hoc-sinh-sinh-vien", "can-bo", "nguoi-lao-dong"]
FrameworkKind = Literal["umbrella", "framework", "local-level-scheme", "curriculum", "cross-reference"]
OfficialList = Literal["full", "partial", "none"]  # how much of the official list stands in the file
PolicyStatus = Literal["default", "local", "official"]
Relation = Literal["exact", "close", "broader", "narrower"]
Mark = Literal["alone", "one_reminder", "needs_help", "not_tried"]
