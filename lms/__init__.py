"""Bình dân LMS: digital skills taught, assessed and confirmed, person by person. Start reading at lms/app.py."""

__version__ = "0.1.0"
