"""Settings of the ready-to-run shop, read from the environment.

Every value that differs between a laptop and a server is an environment variable with a safe default;
`AKCEPT_DEMO=1` turns the demo on (known passwords, mails kept in the browser's mailbox page).
"""

from __future__ import annotations

from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _
from oscar import INSTALLED_APPS as OSCAR_APPS
from oscar import defaults as oscar_defaults
from oscar.defaults import *  # noqa: F403  Oscar documents this import as its settings interface

from akcept.api.navigation import with_systems
from akcept.oscar_edge import install
from akcept.panel.navigation import with_akcept
from akcept.webhooks.navigation import with_webhooks
from shop.accounts.logs import LOGGERS
from shop.formats.currencies import Currencies

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"

env = environ.Env()

DEMO = env.bool("AKCEPT_DEMO", default=False)
DEBUG = env.bool("AKCEPT_DEBUG", default=False)
HTTPS = env.bool("AKCEPT_HTTPS", default=False)
# Without a key Django refuses to start anything that signs; only what nobody relies on has a known one.
KNOWN_KEY = "known-to-everybody-" + "x" * 40
SECRET_KEY = env.str("AKCEPT_SECRET_KEY", default=KNOWN_KEY if (DEMO or DEBUG) and not HTTPS else "")
ALLOWED_HOSTS = env.list("AKCEPT_ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]", "testserver"])
CSRF_TRUSTED_ORIGINS = env.list("AKCEPT_TRUSTED_ORIGINS", default=[])

# --- database: SQLite beside the code by default, PostgreSQL by URL ---
DATABASES = {"default": env.db_url("AKCEPT_DATABASE_URL", default=f"sqlite:///{VAR / 'akcept.sqlite3'}")}
DATABASES["default"]["ATOMIC_REQUESTS"] = False  # actions own their transactions
# Writers queue (IMMEDIATE + busy timeout) instead of failing when a read turns into a write.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = SQLITE_OPTIONS
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("AKCEPT_CONN_MAX_AGE", default=60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # Seconds: a server that is gone without a word would keep every worker waiting.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
#: Oscar apps that this shop, not Akcept, exchanges for its own.
OWN_APPS = {
    "oscar.apps.partner.apps.PartnerConfig": "shop.pricing.apps.PricingConfig",
    "oscar.apps.shipping.apps.ShippingConfig": "shop.shipping.apps.ShippingConfig",
}

INSTALLED_APPS = [
    "shop.theme.apps.ThemeConfig",
    "shop.demo.apps.DemoConfig",
    "akcept.fulfilment.apps.FulfilmentConfig",  # the parcels of orders
    "akcept.insight.apps.InsightConfig",  # figures of months that are over, for reports
    "akcept.handover.apps.HandoverConfig",  # what the merchant's systems have fetched, for the API
    "akcept.api.apps.ApiConfig",  # the extra akcept[api]
    "akcept.webhooks.apps.WebhooksConfig",  # the extra akcept[webhooks]
    "akcept.agreements.apps.AgreementsConfig",
    *install.with_akcept(OWN_APPS.get(app, app) for app in OSCAR_APPS if app != "django.contrib.admin"),
    "akcept.oscar_edge.search.apps.SearchConfig",  # the extra akcept[search]; after the edge, whose round it joins
    "django.contrib.admin",
    "shop.accounts.apps.AccountsConfig",
    "shop.operate.apps.OperateConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_htmx",
    "sorl.thumbnail",
]
MIGRATION_MODULES = {
    **install.migration_modules(INSTALLED_APPS),
    "partner": "oscar.apps.partner.migrations",
    "shipping": "oscar.apps.shipping.migrations",
}
SITE_ID = 1
AUTH_USER_MODEL = "accounts.User"

MIDDLEWARE = [
    "shop.operate.requests.Requests",
    "akcept.api.middleware.NeverAPage",
    install.TROUBLE,
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "akcept.organizations.sessions.EndedSessions",
    "akcept.oscar_edge.basket_middleware.BasketMiddleware",
    *install.ANSWERS,
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "django.contrib.flatpages.middleware.FlatpageFallbackMiddleware",  # pages that the merchant writes in the panel
]
CSRF_FAILURE_VIEW = "akcept.storefront.csrf.old_page"
ROOT_URLCONF = "shop.urls"
WSGI_APPLICATION = "shop.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "oscar.apps.search.context_processors.search_form",
                "oscar.apps.checkout.context_processors.checkout",
                "oscar.core.context_processors.metadata",
                "akcept.ui.context_processors.akcept",
                "shop.theme.context_processors.theme",
            ],
        },
    }
]

# --- login: e-mail and password through allauth; Oscar's and the admin's doors lead to it ---
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "shop.accounts.adapter.Adapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
#: Nobody gets in before a code mailed to the address has come back, in the browser that asked for it.
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_CHANGE_EMAIL = True  # one address to an account: a new one takes the place of the old one, once it is proved
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_FORMS = {
    "signup": "shop.accounts.forms.SignupForm",
    "reset_password": "shop.accounts.forms.ResetPasswordForm",
    "reauthenticate": "shop.accounts.forms.ReauthenticateForm",
    "change_password": "shop.accounts.forms.ChangePasswordForm",
}
MFA_FORMS = {
    "authenticate": "shop.accounts.forms.AuthenticateForm",
    "reauthenticate": "shop.accounts.forms.ReauthenticateByCodeForm",
    "activate_totp": "shop.accounts.forms.ActivateForm",
}
#: How many proxies stand in front: only then is X-Forwarded-For believed. Read in one place, `client_address`.
PROXIES = env.int("AKCEPT_PROXIES", default=0)
AXES_CLIENT_IP_CALLABLE = "shop.accounts.network.client_address"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]  # by address alone one typist would lock a whole office
AXES_FAILURE_LIMIT = env.int("AKCEPT_LOGIN_ATTEMPTS", default=8)
AXES_COOLOFF_TIME = 0.25  # hours
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_CALLABLE = "shop.accounts.lockout.login_name"
AXES_LOCKOUT_CALLABLE = "shop.accounts.lockout.refused"
AXES_SENSITIVE_PARAMETERS: list[str] = []  # the log names whom and where from: docs/operate/personal-data.md
# Guessing is counted in the database and so for all processes: by axes and by shop.accounts.limits. allauth's own
# counts, one to a process, stay for what nobody guesses.
ACCOUNT_RATE_LIMITS = {
    "login": None,
    "login_failed": None,
    "signup": None,
    "reset_password": None,
    "reauthenticate": None,
    "reset_password_from_key": "120/m/ip",
}
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 9}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# --- language, time, money ---
LANGUAGE_CODE = env.str("AKCEPT_LANGUAGE", default="pl")
LANGUAGES = [("pl", _("Polish")), ("en", _("English"))]
LOCALE_PATHS = [ROOT / "shop" / "locale", install.LOCALE_PATH]
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = ["shop.formats"]  # days as Britain writes them: Django's "en" is American
TIME_ZONE = env.str("AKCEPT_TIME_ZONE", default="Europe/Warsaw")

# --- files ---
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [path for path in [ROOT / "build" / "static"] if path.exists()]
MEDIA_URL = "/media/"
MEDIA_ROOT = env.path("AKCEPT_MEDIA_ROOT", default=str(VAR / "media"))()
#: Pictures of products: the web server in front hands them out; without one (the demo) the shop does.
SERVE_MEDIA = env.bool("AKCEPT_SERVE_MEDIA", default=DEMO or DEBUG)
# A 300-line basket posts about 1,200 fields; Django's default of 1,000 would answer 400.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

# --- Oscar ---
OSCAR_SHOP_NAME = env.str("AKCEPT_SHOP_NAME", default="Biurodom")
OSCAR_DYNAMIC_CLASS_LOADER = install.CLASS_LOADER
OSCAR_DEFAULT_CURRENCY = "PLN"
OSCAR_CURRENCY_FORMAT = Currencies()
AKCEPT_COUNTRIES = ["PL"]
OSCAR_ALLOW_ANON_CHECKOUT = False
OSCAR_ALLOW_ANON_REVIEWS = False
OSCAR_FROM_EMAIL = DEFAULT_FROM_EMAIL = env.str("AKCEPT_FROM_EMAIL", default="Biurodom <sklep@biurodom.example>")
OSCAR_REQUIRED_ADDRESS_FIELDS = ("line1", "line4", "postcode", "country")
OSCAR_INITIAL_ORDER_STATUS = "unhandled"
OSCAR_INITIAL_LINE_STATUS = "unhandled"
OSCAR_ORDER_STATUS_PIPELINE = {
    # Nobody moves a held or ended order by setting a status: only acceptance does (see akcept.oscar_edge).
    "awaiting_acceptance": (),
    "rejected": (),
    "withdrawn": (),
    "expired": (),
    "unhandled": ("in_progress", "cancelled"),
    "in_progress": ("packed", "cancelled"),
    "packed": ("shipped", "cancelled"),
    "shipped": ("completed",),
    "completed": (),
    "cancelled": (),
}
OSCAR_ORDER_STATUS_CASCADE = {status: status for status in OSCAR_ORDER_STATUS_PIPELINE}
OSCAR_LINE_STATUS_PIPELINE = OSCAR_ORDER_STATUS_PIPELINE
OSCAR_DASHBOARD_NAVIGATION = with_webhooks(with_systems(with_akcept(oscar_defaults.OSCAR_DASHBOARD_NAVIGATION)))
OSCAR_DELETE_IMAGE_FILES = False  # products share pictures: the one that goes must not take those of the others
HAYSTACK_CONNECTIONS = {"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}}
THUMBNAIL_DEBUG = False

# --- mail ---
EMAIL_BACKEND = env.str("AKCEPT_EMAIL_BACKEND", default="django.core.mail.backends.smtp.EmailBackend")
EMAIL_HOST = env.str("AKCEPT_EMAIL_HOST", default="localhost")
EMAIL_PORT = env.int("AKCEPT_EMAIL_PORT", default=25)
EMAIL_HOST_USER = env.str("AKCEPT_EMAIL_USER", default="")
EMAIL_HOST_PASSWORD = env.str("AKCEPT_EMAIL_PASSWORD", default="")
EMAIL_USE_TLS = env.bool("AKCEPT_EMAIL_TLS", default=False)
EMAIL_TIMEOUT = 15

# --- Akcept ---
#: The sprite Akcept's icons are taken from.
AKCEPT_ICONS = "theme/icons.svg"
AKCEPT_ACCOUNTS = "shop.accounts.proof.AllauthAccounts"
AKCEPT_SECOND_FACTOR = "shop.accounts.second_factor.AllauthSecondFactor"
# Networks of the operator's own that webhooks may lead to, and whether they may do without TLS: docs/api/webhooks.md.
AKCEPT_WEBHOOKS_NETWORKS = env.list("AKCEPT_WEBHOOKS_NETWORKS", default=[])
AKCEPT_WEBHOOKS_HTTP = env.bool("AKCEPT_WEBHOOKS_HTTP", default=False)
# How often a client of the API may call at once, how many calls come back a second, and the Redis that counts them.
AKCEPT_API_BURST = env.int("AKCEPT_API_BURST", default=120)
AKCEPT_API_RATE = env.int("AKCEPT_API_RATE", default=10)
AKCEPT_API_LIMITS_REDIS = env.str("AKCEPT_API_LIMITS_REDIS", default="")
#: Where links in mails point to: the relay has no request to take an address from.
AKCEPT_BASE_URL = env.str("AKCEPT_BASE_URL", default="http://127.0.0.1:8000")
OSCAR_URL_SCHEMA = AKCEPT_BASE_URL.split(":")[0]
#: Who at the shop is told of a new organisation; empty tells nobody.
AKCEPT_MERCHANT_EMAIL = env.str("AKCEPT_MERCHANT_EMAIL", default="mia@biurodom.example" if DEMO else "")
#: Who sells, for papers and files of orders (keys as `akcept.fulfilment.seller.Seller`): a JSON object.
AKCEPT_SELLER = env.json("AKCEPT_SELLER", default={})
#: Where carriers tell what became of a parcel (as `akcept.fulfilment.carriers` says): a JSON object.
AKCEPT_CARRIERS = env.json("AKCEPT_CARRIERS", default={})
#: Whoever hosts shops and sells the module withholds it here; the panel then says what it offers and whom to ask.
AKCEPT_B2B_AVAILABLE = env.bool("AKCEPT_B2B_AVAILABLE", default=True)
AKCEPT_B2B_CONTACT = env.str("AKCEPT_B2B_CONTACT", default="")

# --- security ---
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = False
if HTTPS:
    SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 31_536_000
    SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]  # what other names of the domain do is not ours to say
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

#: Who may read `/metrics`: whoever brings this. Empty, there is no such page.
METRICS_TOKEN = env.str("AKCEPT_METRICS_TOKEN", default="")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"format": "{asctime} {levelname} {name} {request_id}: {message}", "style": "{"},
        "json": {"()": "shop.operate.logs.Structured"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": env.str("AKCEPT_LOG_FORMAT", default="plain"),
            "filters": ["request"],
        }
    },
    "filters": {
        "refusals": {"()": "shop.accounts.logs.OneLine"},
        "request": {"()": "shop.operate.logs.WithRequest"},
    },
    "loggers": {
        **{name: {"filters": ["refusals"]} for name in LOGGERS},
        "akcept.request": {"level": "INFO" if env.bool("AKCEPT_LOG_REQUESTS", default=not DEMO) else "WARNING"},
        "akcept.relay": {"level": "INFO" if env.bool("AKCEPT_LOG_REQUESTS", default=not DEMO) else "WARNING"},
    },
    "root": {"handlers": ["console"], "level": env.str("AKCEPT_LOG_LEVEL", default="WARNING")},
}
