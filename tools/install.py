"""A real installation: asks (or takes from flags) what it must know and leaves a ward that works.

Called by `start.py install`. Writes `instance/lms.env` (secrets, readable by the owner alone), loads the content and no
person but the first administrator, writes the files for automatic start and the nightly backup, ends with `lms doctor`.
"""

import argparse
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import unicodedata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LEFT_BEHIND = {".git", ".venv", "instance", "__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis"}
WINDOWS = os.name == "nt"


def main():
    answers = ask(parse())
    target = answers.dir.resolve()
    if target != ROOT:
        copy_release(target)
        subprocess.run([sys.executable, str(target / "start.py"), "setup"], check=True)
    if (target / "instance" / "lms.env").exists():
        sys.exit("This folder already holds an installation. To bring it to this version: start.py update")
    write_secrets(target, answers)
    fill_database(target, answers)
    write_services(target)
    print("\nKiểm tra lần cuối (lms doctor):", flush=True)
    return subprocess.call([str(lms(target)), "doctor"], cwd=target, env=environment(target))


def parse():
    flags = argparse.ArgumentParser(prog="start.py install", description="Install Bình dân LMS for a ward.")
    flags.add_argument("--dir", type=Path, help="folder to install into (default: here)")
    flags.add_argument("--body", help="name of the body, e.g. 'Ủy ban nhân dân phường Bến Thu'")
    flags.add_argument("--url", help="public address, e.g. https://hocso.phuong.example")
    flags.add_argument("--admin", help="first administrator: 'Họ tên, số điện thoại hoặc e-mail'")
    flags.add_argument("--passphrase-file", type=Path, help="file with the passphrase of the backups")
    flags.add_argument("--yes", action="store_true", help="ask nothing; a missing answer is a fault")
    return flags.parse_args()


def ask(flags):
    """Fill the gaps by asking; with --yes a gap ends the installation."""
    questions = (
        ("body", "Tên đơn vị (ví dụ Ủy ban nhân dân phường Bến Thu)"),
        ("url", "Địa chỉ công khai (ví dụ https://hocso.phuong.example)"),
        ("admin", "Quản trị viên đầu tiên: họ tên, số điện thoại hoặc e-mail"),
    )
    flags.dir = flags.dir or ROOT
    for name, question in questions:
        while not getattr(flags, name):
            if flags.yes:
                sys.exit(f"--{name} is missing.")
            setattr(flags, name, input(f"{question}: ").strip())
    if flags.passphrase_file:
        flags.passphrase = flags.passphrase_file.read_text(encoding="utf-8").strip()
    elif flags.yes:
        sys.exit("--passphrase-file is missing.")
    else:
        flags.passphrase = input("Cụm mật khẩu của bản sao lưu (ít nhất 12 ký tự, ghi ra giấy và cất nơi khác): ").strip()
    if len(flags.passphrase) < 12:
        sys.exit("The passphrase of the backups needs at least 12 characters.")
    if not re.match(r"https?://[^/\s]+$", flags.url.rstrip("/")):
        sys.exit("The address looks like https://hocso.phuong.example, without a path.")
    if "," not in flags.admin:
        sys.exit("--admin is 'Họ tên, số điện thoại hoặc e-mail', with a comma between.")
    return flags


def copy_release(target):
    """This release into an empty folder."""
    if target.exists() and any(target.iterdir()):
        sys.exit(f"{target} is not empty. Choose an empty folder, or bring it to this version with start.py update.")
    shutil.copytree(ROOT, target, dirs_exist_ok=True, ignore=lambda _folder, names: LEFT_BEHIND & set(names))


def write_secrets(target, answers):
    """`instance/lms.env` and the passphrase of the backups, readable by the owner alone."""
    instance = target / "instance"
    for name in ("backups", "serving"):
        (instance / name).mkdir(parents=True, exist_ok=True)
    passphrase = instance / "backup-passphrase"
    lines = {
        "LMS_MODE": "production", "LMS_BASE_URL": answers.url.rstrip("/"), "LMS_SECRET_KEY": secrets.token_urlsafe(48),
        "LMS_KEYS_SECRET": secrets.token_urlsafe(48), "LMS_BACKUP_PASSPHRASE_FILE": str(passphrase),
        **{name: os.environ[name] for name in ("LMS_DATABASE_URL", "LMS_ALLOW_LAN_ISSUE") if os.environ.get(name)},
    }
    if answers.url.startswith("https:"):  # the server speaks plain HTTP to this machine: a proxy stands before it
        lines["LMS_PROXIES"] = os.environ.get("LMS_PROXIES", "1")
    text = "# Written by start.py install. Keep it secret; a copy lies in every backup.\n"
    write_private(instance / "lms.env", text + "".join(f"{name}={value}\n" for name, value in lines.items()))
    write_private(passphrase, answers.passphrase + "\n")


def write_private(path, text):
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


def fill_database(target, answers):
    """Schema, content, the ward, the first administrator and the slip for their first sign-in."""
    name, _comma, contact = (part.strip() for part in answers.admin.rpartition(","))
    key = ward_key(answers.body)
    contact_flag = "--email" if "@" in contact else "--phone"
    run(target, "db", "upgrade")
    run(target, "content", "load")
    run(target, "org", "create", key, "--name", answers.body, "--kind", "ward")
    run(target, "settings", f"body_key={key}", f"body_name={answers.body}", f"body_short={short_name(answers.body)}",
        f"serial_prefix={prefix(answers.body)}")
    created = subprocess.run([str(lms(target)), "user", "create", "--name", name, contact_flag, contact, "--org", key, "--json"],
                             cwd=target, env=environment(target), check=True, capture_output=True, text=True, encoding="utf-8")
    code = json.loads(created.stdout)["personal_code"]
    run(target, "user", "grant", code, "admin", "--org", key)
    print(f"\nPhiếu vào lần đầu của {name}:", flush=True)
    run(target, "user", "reset", code)


def write_services(target):
    """Files for automatic start and the nightly backup, and the lines that switch them on."""
    folder = target / "instance" / "service"
    folder.mkdir(parents=True, exist_ok=True)
    values = {"target": target, "lms": lms(target), "user": os.environ.get("USER", "root")}
    for name, text in (WINDOWS_FILES if WINDOWS else SYSTEMD_FILES).items():
        (folder / name).write_text(text.format(**values), encoding="utf-8")
    if WINDOWS:
        print(f"\nTự chạy khi mở máy: {folder / 'register-tasks.cmd'} (chạy với quyền quản trị).")
    else:
        print(f"\nTự chạy khi mở máy:\n  sudo cp {folder}/binhdan-lms* /etc/systemd/system/\n"
              "  sudo systemctl enable --now binhdan-lms binhdan-lms-backup.timer")


SYSTEMD_FILES = {
    "binhdan-lms.service": """[Unit]
Description=Bình dân LMS
After=network-online.target postgresql.service
[Service]
User={user}
WorkingDirectory={target}
ExecStart={lms} serve
Restart=always
TimeoutStopSec=40
NoNewPrivileges=true
PrivateTmp=true
[Install]
WantedBy=multi-user.target
""",
    "binhdan-lms-backup.service": """[Unit]
Description=Bình dân LMS, nightly backup
[Service]
Type=oneshot
User={user}
WorkingDirectory={target}
EnvironmentFile={target}/instance/lms.env
ExecStart={lms} backup {target}/instance/backups/{{date}}.backup --keep 14
""",
    "binhdan-lms-backup.timer": """[Unit]
Description=Bình dân LMS, nightly backup
[Timer]
OnCalendar=*-*-* 01:30
Persistent=true
[Install]
WantedBy=timers.target
""",
}
WINDOWS_FILES = {
    "serve.cmd": '@cd /d "{target}"\r\n@"{lms}" serve\r\n',
    "backup.cmd": '@cd /d "{target}"\r\n@set LMS_BACKUP_PASSPHRASE_FILE={target}\\instance\\backup-passphrase\r\n'
                  '@"{lms}" backup "{target}\\instance\\backups\\{{date}}.backup" --keep 14\r\n',
    "register-tasks.cmd": '@schtasks /create /f /tn BinhdanLMS /sc onstart /ru SYSTEM '
                          '/tr "{target}\\instance\\service\\serve.cmd"\r\n'
                          '@schtasks /create /f /tn BinhdanLMSBackup /sc daily /st 01:30 /ru SYSTEM '
                          '/tr "{target}\\instance\\service\\backup.cmd"\r\n',
}


def run(target, *command):
    subprocess.run([str(lms(target)), *command], cwd=target, env=environment(target), check=True)


def environment(target):
    """The environment of the new installation alone, whatever else is set here."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}
    return {**env, "LMS_CONFIG": str(target / "instance" / "lms.env"), "LMS_INSTANCE": str(target / "instance")}


def lms(target):
    return target / ".venv" / ("Scripts/lms.exe" if WINDOWS else "bin/lms")


def plain(text):
    """ASCII letters of a Vietnamese text, small."""
    text = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(c for c in text if not unicodedata.combining(c))


def ward_key(body):
    """`phuong-ben-thu` for Ủy ban nhân dân phường Bến Thu."""
    words = re.findall(r"[a-z0-9]+", plain(body))
    return "-".join(words[4:] if words[:4] == ["uy", "ban", "nhan", "dan"] else words)[:80]


def short_name(body):
    """`Phường Bến Thu` for Ủy ban nhân dân phường Bến Thu."""
    rest = re.sub(r"^(ủy|uỷ) ban nhân dân\s+", "", body, flags=re.IGNORECASE)
    return rest[:1].upper() + rest[1:]


def prefix(body):
    """First letters of the last two words, for serial numbers: BT."""
    words = re.findall(r"[a-z]+", plain(body))
    return "".join(word[0] for word in words[-2:]).upper().ljust(2, "X")


if __name__ == "__main__":
    sys.exit(main())
