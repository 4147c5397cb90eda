"""The yardsticks: a bare Flask application on the product's own server, engine settings and database file.

Tiny on purpose. What they hold is theirs alone: tables `bench_…` that the product does not know.
"""

import secrets
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask, render_template, request
from flask_login import LoginManager, UserMixin, current_user, login_required, login_user
from sqlalchemy.orm import DeclarativeBase, Mapped, joinedload, mapped_column, relationship

from lms.core import config
from lms.core.db import db, reading_only
from lms.operations import serving

LESSONS, SKILLS, NEWS = 20, 24, 10


class Base(DeclarativeBase):
    """Tables of the yardsticks, apart from the product's own."""


class BenchUser(UserMixin, Base):
    __tablename__ = "bench_user"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    email: Mapped[str] = mapped_column(sa.String(120), unique=True)
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("bench_course.id"))


class BenchCourse(Base):
    __tablename__ = "bench_course"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(sa.String(120))
    lessons: Mapped[list["BenchLesson"]] = relationship(order_by="BenchLesson.position")


class BenchLesson(Base):
    __tablename__ = "bench_lesson"
    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(sa.ForeignKey(BenchCourse.id), index=True)
    position: Mapped[int]
    title: Mapped[str] = mapped_column(sa.String(120))
    body: Mapped[str] = mapped_column(sa.Text)


class BenchProgress(Base):
    __tablename__ = "bench_progress"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey(BenchUser.id), index=True)
    lesson_id: Mapped[int] = mapped_column(sa.ForeignKey(BenchLesson.id))
    percent: Mapped[int]


class BenchSkill(Base):
    __tablename__ = "bench_skill"
    id: Mapped[int] = mapped_column(primary_key=True)
    group: Mapped[str] = mapped_column(sa.String(60))
    name: Mapped[str] = mapped_column(sa.String(120))


class BenchNews(Base):
    __tablename__ = "bench_news"
    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[str] = mapped_column(sa.String(10))
    title: Mapped[str] = mapped_column(sa.String(120))


class BenchAnswer(Base):
    __tablename__ = "bench_answer"
    user_id: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(sa.String(200))
    sequence: Mapped[int]


def make_app(url: str, instance: Path) -> Flask:
    """The application of the yardsticks on this database; `instance` is where its server notes that it runs."""
    app = Flask("yardsticks", root_path=str(config.ROOT / "lms" / "operations" / "bench"), template_folder="pages")
    settings = config.flask_config({"LMS_DATABASE_URL": url, "LMS_SECRET_KEY": secrets.token_urlsafe(48)})
    app.config.update({name: settings[name] for name in (
        "SECRET_KEY", "SQLALCHEMY_DATABASE_URI", "SQLALCHEMY_ENGINE_OPTIONS")}, LMS_INSTANCE=instance)
    db.init_app(app)
    login = LoginManager(app)
    login.user_loader(lambda ident: db.session.get(BenchUser, int(ident)))
    for rule, view in (("/hello", hello), ("/rawone/<int:ident>", rawone), ("/one/<int:ident>", one), ("/page", page),
                       ("/sign-in/<int:ident>", sign_in)):
        app.add_url_rule(rule, view_func=view)
    app.add_url_rule("/rawsave", view_func=rawsave, methods=["POST"])
    app.add_url_rule("/save", view_func=save, methods=["POST"])
    return app


def reading(view: Callable[..., Any]) -> Callable[..., Any]:
    """A view that only reads: on SQLite its transaction waits for no writer, as the product's do."""
    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        token = reading_only.set(True)
        try:
            return view(*args, **kwargs)
        finally:
            reading_only.reset(token)

    return guarded


def hello() -> str:
    """A constant."""
    return "Xin chào!"


_RAW_ONE = sa.text("SELECT id, name, email FROM bench_user WHERE id = :id")


@reading
def rawone(ident: int) -> dict[str, Any]:
    """One indexed SELECT without the ORM."""
    with db.engine.connect() as connection:
        row = connection.execute(_RAW_ONE, {"id": ident}).one()
    return {"id": row.id, "name": row.name, "email": row.email}


@reading
def one(ident: int) -> dict[str, Any]:
    """The same through Flask-SQLAlchemy's ORM."""
    user = db.session.scalars(sa.select(BenchUser).where(BenchUser.id == ident)).one()
    return {"id": user.id, "name": user.name, "email": user.email}


@reading
@login_required  # type: ignore[untyped-decorator]
def page() -> str:
    """The usual way: the user and six more ORM queries, and a template of 21 KB."""
    course = db.session.scalars(
        sa.select(BenchCourse).where(BenchCourse.id == current_user.course_id).options(joinedload(BenchCourse.lessons))
    ).unique().one()
    progress = db.session.scalars(sa.select(BenchProgress).where(BenchProgress.user_id == current_user.id)).all()
    reached = {row.lesson_id: row.percent for row in progress}
    skills = db.session.scalars(sa.select(BenchSkill).order_by(BenchSkill.id)).all()
    news = db.session.scalars(sa.select(BenchNews).order_by(BenchNews.id.desc()).limit(NEWS)).all()
    others = db.session.scalars(sa.select(BenchCourse).order_by(BenchCourse.title)).all()
    answered = db.session.query(BenchAnswer).filter_by(user_id=current_user.id).count()
    return render_template("page.html", course=course, reached=reached, skills=skills, news=news, others=others,
                           answered=answered)


@reading
def sign_in(ident: int) -> str:
    """Gives this browser the cookie of a user, without a secret."""
    login_user(db.session.get_one(BenchUser, ident))
    return "ok"


_RAW_SAVE = sa.text(
    "INSERT INTO bench_answer (user_id, position, text, sequence) VALUES (:user_id, :position, :text, :sequence) "
    "ON CONFLICT (user_id, position) DO UPDATE SET text = excluded.text, sequence = excluded.sequence")


def rawsave() -> dict[str, Any]:
    """One UPSERT committed for each request, without the ORM."""
    values = _posted()
    with db.engine.begin() as connection:
        connection.execute(_RAW_SAVE, values)
    return {"saved": values["sequence"]}


def save() -> dict[str, Any]:
    """The same through the ORM."""
    values = _posted()
    db.session.merge(BenchAnswer(**values))
    db.session.commit()
    return {"saved": values["sequence"]}


def _posted() -> dict[str, Any]:
    form = request.form
    return {"user_id": int(form["user_id"]), "position": int(form["position"]), "text": form["text"],
            "sequence": int(form["sequence"])}


def fill(engine: sa.Engine, people: int) -> None:
    """Make the tables and their rows: so many users, each with progress in a course of twenty lessons."""
    Base.metadata.create_all(engine)
    numbers = sa.select(sa.literal(1).label("n")).cte("numbers", recursive=True)
    numbers = numbers.union_all(sa.select(numbers.c.n + 1).where(numbers.c.n < people))
    words = sa.cast(numbers.c.n, sa.String)
    with engine.begin() as connection:
        connection.execute(sa.insert(BenchCourse), [{"id": n, "title": f"Khóa học số {n}"} for n in range(1, 9)])
        connection.execute(sa.insert(BenchLesson), [
            {"course_id": course, "position": n, "title": f"Bài {n}: dùng điện thoại an toàn", "body": "Nội dung bài học. " * 60}
            for course in range(1, 9) for n in range(1, LESSONS + 1)])
        connection.execute(sa.insert(BenchSkill), [
            {"id": n, "group": f"Nhóm {n // 4}", "name": f"Năng lực thành phần số {n}"} for n in range(1, SKILLS + 1)])
        connection.execute(sa.insert(BenchNews), [
            {"id": n, "day": f"{n % 28 + 1}/11/2026", "title": f"Tin trong phường số {n}"} for n in range(1, 41)])
        connection.execute(sa.insert(BenchUser).from_select(
            ["id", "name", "email", "course_id"],
            sa.select(numbers.c.n, "Nguyễn Thị " + words, "n" + words + "@benthu.example", numbers.c.n % 8 + 1)))
        connection.execute(sa.insert(BenchProgress).from_select(
            ["user_id", "lesson_id", "percent"],
            sa.select(BenchUser.id, BenchLesson.id, (BenchUser.id + BenchLesson.id) % 101)
            .join(BenchLesson, BenchLesson.course_id == BenchUser.course_id).where(BenchLesson.position <= 6)))


def main() -> None:
    """Serve the yardsticks as `lms serve` serves the product: python -m … DATABASE_URL FOLDER WORKERS PORT."""
    url, folder, workers, port = sys.argv[1:]
    serving.serve(make_app(url, Path(folder)), host="127.0.0.1", port=int(port), workers=int(workers), with_jobs=False)


if __name__ == "__main__":
    main()
