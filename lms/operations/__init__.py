"""Running the installation: serving, health, doctor, backup and restore, background work, bench."""
