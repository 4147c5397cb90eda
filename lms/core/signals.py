"""News that goes up the stack. A lower package sends, a higher one connects; each signal says here what it carries.

Receivers run inside the sender's transaction and must not commit. Connect them in a package's `views` or `app.py`.
"""

from blinker import Namespace

_signals = Namespace()

# Somebody has just begun a sign-in on this browser. Sent by people's views, inside the request, before the commit.
# Carries: person_id: int; how: "registered" | "activated" | "signed_in"; now: datetime.
# Courses moves in what the browser's guest has learned; it reads and ends its own guest cookie.
person_arrived = _signals.signal("person-arrived")

# Somebody leaves this browser (sign-out, change of person). Carries: response: flask.Response, on which the receiver
# may end its own cookies.
person_left = _signals.signal("person-left")

# A person asks for everything that is stored about them. Carries: person_id: int.
# A receiver returns {section: rows}, plain values only; the sections stand side by side in the file they download.
personal_data_asked = _signals.signal("personal-data-asked")
