from flask import render_template_string
from flask_babel import force_locale, gettext

WORD = "Đăng nhập"


def words():
    return gettext(WORD), render_template_string("{{ _('" + WORD + "') }}")


def test_each_request_speaks_its_own_language(app):
    said = []
    for cookie in ("ngon_ngu=en", "", "ngon_ngu=en"):
        with app.test_request_context("/", headers={"Cookie": cookie}), app.app_context():
            said.append((*words(), *words()))

    assert said == [("Sign in",) * 4, (WORD,) * 4, ("Sign in",) * 4]


def test_a_forced_language_holds_inside_and_not_after(app):
    with app.test_request_context("/"), app.app_context():
        before = words()
        with force_locale("en"):
            inside = words()
        after = words()

    assert (before, inside, after) == ((WORD, WORD), ("Sign in", "Sign in"), (WORD, WORD))


def test_words_are_there_without_a_request(app):
    assert words() == (WORD, WORD)


def test_what_is_put_into_a_sentence_is_escaped_in_pages_and_only_there(app):
    greeting = "{{ _('Chào %(form)s %(name)s', form='bác', name='<Hoa>') }}"

    assert render_template_string(greeting) == "Chào bác &lt;Hoa&gt;"
    assert app.jinja_env.from_string("{% autoescape false %}" + greeting + "{% endautoescape %}").render() == "Chào bác <Hoa>"


def test_words_in_a_loop_see_its_variables(app):
    assert render_template_string("{% for n in [1, 2] %}{{ _('Câu %(n)s', n=n) }};{% endfor %}") == "Câu 1;Câu 2;"
