"""Courses and lessons loaded from the content tree, progress in them, the learner's home and skill map."""
