"""A browser as small as the bench needs: one connection, cookies, forms read from pages and sent back."""

import gzip
import http.client
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin, urlsplit

PHONE = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36"
VOID_TYPES = {"submit", "button", "image", "reset", "file"}


class UnexpectedAnswer(Exception):
    """A page answered otherwise than the bench needs; the message says where and what."""


@dataclass
class Answer:
    """One answer. `weight` is what came over the wire: head and body as sent."""

    address: str
    status: int
    headers: http.client.HTTPMessage
    body: bytes
    weight: int

    @property
    def html(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8")

    def form(self, action: str = "") -> "Form":
        """The first form whose action contains `action`. Raises UnexpectedAnswer."""
        reader = _Forms()
        reader.feed(self.html)
        found = next((form for form in reader.forms if action in form.action and form.method == "post"), None)
        if found is None:
            raise UnexpectedAnswer(f"{self.address}: no form to {action or 'anywhere'}")
        return Form(urljoin(self.address, found.action), found.method, found.fields, found.choices)


@dataclass
class Form:
    """Where a form goes and what it says as it stands; `choices` are the values that each field offers."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)

    def filled(self) -> dict[str, str]:
        """An answer that the server takes: of each field one of its choices, of rows of menus a different one each."""
        values = dict(self.fields)
        for place, (name, offered) in enumerate(self.choices.items()):
            values[name] = offered[place % len(offered)] if offered else "1"
        return values


class _Forms(HTMLParser):
    """Reads the forms of a page. Boxes to tick stay empty but for the first of their name."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self._menu, self._is_open = "", False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(has.get("action", ""), has.get("method", "get").lower()))
            self._is_open = True
        elif tag == "option" and self._menu and has.get("value"):
            self.forms[-1].choices[self._menu].append(has["value"])
        elif self._is_open and has.get("name") and tag in ("input", "select", "textarea"):
            self._take(tag, has)

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._menu = ""
        elif tag == "form":
            self._is_open = False

    def _take(self, tag: str, has: dict[str, str]) -> None:
        form, name, kind = self.forms[-1], has["name"], has.get("type", "text")
        if tag == "select":
            self._menu = name
            form.choices.setdefault(name, [])
        elif kind == "hidden":
            form.fields[name] = has.get("value", "")
        elif kind in ("radio", "checkbox"):
            form.choices.setdefault(name, []).append(has.get("value", "on"))
        elif kind not in VOID_TYPES:
            form.choices.setdefault(name, [])


class Browser:
    """One visitor on one keep-alive connection. Follows redirects by hand, because each counts."""

    def __init__(self, port: int) -> None:
        self.port, self.asked = port, 0
        self.cookies: dict[str, str] = {}
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def get(self, path: str, *, packed: bool = False, want: int = 200) -> Answer:
        """GET; `packed` asks for gzip as browsers do. Raises UnexpectedAnswer when the status is not `want`."""
        return self._ask("GET", path, None, {"Accept-Encoding": "gzip"} if packed else {}, want)

    def post(self, path: str, values: dict[str, str], *, want: int = 302) -> Answer:
        """POST a form. Raises UnexpectedAnswer when the status is not `want`."""
        head = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, urlencode(values).encode(), head, want)

    def request(self, path: str, *, packed: bool = False) -> list[bytes]:
        """The bytes of a GET by this visitor, for the load clients."""
        lines = [f"GET {path} HTTP/1.1", *self._common(), *(["Accept-Encoding: gzip"] if packed else [])]
        return ["\r\n".join([*lines, "", ""]).encode()]

    def saving(self, path: str, values: dict[str, str], number: str, width: int) -> list[bytes]:
        """The bytes of a POST by this visitor, in two parts around the growing number (`width` digits) called `number`."""
        body = urlencode({name: value for name, value in values.items() if name != number}) + f"&{number}="
        lines = [f"POST {path} HTTP/1.1", *self._common(), "Content-Type: application/x-www-form-urlencoded",
                 f"Content-Length: {len(body) + width}", "", body]
        return ["\r\n".join(lines).encode(), b""]

    def cookie_header(self) -> str:
        """All cookies as one header."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def _common(self) -> list[str]:
        cookies = [f"Cookie: {self.cookie_header()}"] if self.cookies else []
        return [f"Host: 127.0.0.1:{self.port}", f"User-Agent: {PHONE}", *cookies]

    def _ask(self, method: str, path: str, body: bytes | None, head: dict[str, str], want: int) -> Answer:
        path = urlsplit(path)._replace(scheme="", netloc="", fragment="").geturl()
        head["User-Agent"] = PHONE
        if self.cookies:
            head["Cookie"] = self.cookie_header()
        self.asked += 1
        try:
            self._connection.request(method, path, body, head)
            response = self._connection.getresponse()
        except (http.client.BadStatusLine, ConnectionError):  # the server let go of an idle connection
            self._connection.close()
            self._connection.request(method, path, body, head)
            response = self._connection.getresponse()
        sent = response.read()
        for line in response.headers.get_all("Set-Cookie") or []:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
            if re.search(r"max-age=0|1970", line, re.IGNORECASE):
                del self.cookies[name]
        answer = Answer(path, response.status, response.headers, sent, len(sent) + len(bytes(response.headers)) + 17)
        if response.headers.get("Content-Encoding") == "gzip":
            answer.body = gzip.decompress(sent)
        if response.status != want:
            raise UnexpectedAnswer(f"{method} {path} answered {response.status} instead of {want}")
        return answer
