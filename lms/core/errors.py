"""The one exception of the rules."""

from typing import Any


class DomainError(Exception):
    """A rule said no.

    `code` names the rule ("attempt.already_submitted"); `lms.web.phrases` owns the sentence for people and
    fills it with `params`.
    """

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params
