"""What changes in courses: progress of readers, the courses loaded from the content tree."""
