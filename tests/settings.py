"""The shop's own settings, made fast and self-contained for tests; everything not named here is what ships."""

from __future__ import annotations

from shop.settings import *  # noqa: F403  tests run the shop as it is, minus what needs a machine around it
from shop.settings import DATABASES, LOGGING, env

if not env.bool("AKCEPT_TEST_PROCESS", default=False):
    # In memory for the fast tests; `pg` and `sqlite_file` (tests/support/README.md) bring their own.
    # A process that a test starts keeps the database it was told in AKCEPT_DATABASE_URL.
    DATABASES["default"] = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:", "ATOMIC_REQUESTS": False}
    if on := env.str("AKCEPT_TESTS_ON", default=""):  # `make matrix`, tests/support/on_postgres.py
        DATABASES["default"] = env.db_url_config(on) | {"ATOMIC_REQUESTS": False}
SECRET_KEY = "only-for-tests-" + "x" * 40
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # nothing here is worth a slow hash
EMAIL_BACKEND = env.str("AKCEPT_EMAIL_BACKEND", default="django.core.mail.backends.locmem.EmailBackend")
SERVE_MEDIA = True
LOGGING["loggers"]["akcept.request"]["level"] = "WARNING"  # a line a request is looked at in tests/shop/test_operate.py
AKCEPT_ASSERT_LOCKS = True  # a lock out of order raises, see akcept.transactions.locking
