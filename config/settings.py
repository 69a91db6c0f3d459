"""All settings, in reading order; whatever is secret or local comes from the environment.

`deploy/example.env` names every variable of production. `config.checks` refuses to start without keys, or with settings that are
unsafe outside development.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

import django_stubs_ext
import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config import broker, schedule, silence
from config.api_description import API_DESCRIPTION
from config.confirmed import CONFIRMED, CONFIRMED_FULLY
from config.logs import configuration
from config.secrets_from_files import secret

django_stubs_ext.monkeypatch()  # lets ModelAdmin, forms and views name their model in their type

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# Where this runs. "development" and "demo" may use plain http and loopback receivers; "production" may not.

ENVIRONMENT = env.str("REGISTRY_ENVIRONMENT", default="development")
DEVELOPMENT = ENVIRONMENT in {"development", "demo"}
DEMO = ENVIRONMENT == "demo"
DEMO_PLAYBILL = Path(env.str("DEMO_PLAYBILL", default=str(BASE_DIR / "var" / "playbill.json")))
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = secret("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"] if DEVELOPMENT else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
REGISTRY_ADDRESS = env.str("REGISTRY_ADDRESS", default="http://127.0.0.1:8000")
# The desk's own host name, where it has one (docs/operating.md): nothing else is answered there, and the desk nowhere else.
REGISTRY_DESK_ADDRESS = env.str("REGISTRY_DESK_ADDRESS", default="")
# Which part of the product this process is, by its addresses and its role in the database: all, desk, portal, public, worker;
# or owner, who migrates (docs/operating.md, "Zones and database roles").
REGISTRY_ZONE = env.str("REGISTRY_ZONE", default="all")

# Keys. Each is "2:<base64>,1:<base64>": the first one seals and signs, all of them open and verify. Those of data and digests
# may name a suite, "3:gm:<base64>" (docs/keys.md). Each may be in a file: REGISTRY_DATA_KEYS_FILE names it.

REGISTRY_DATA_KEYS = secret("REGISTRY_DATA_KEYS")
REGISTRY_DIGEST_KEYS = secret("REGISTRY_DIGEST_KEYS")
REGISTRY_LOG_KEYS = secret("REGISTRY_LOG_KEYS")
SHARING_WEBHOOK_KEYS = secret("SHARING_WEBHOOK_KEYS")
SHARING_RESULT_KEYS = secret("SHARING_RESULT_KEYS")
# Days after which a current key is due to be replaced, and the registry is written to.
REGISTRY_KEY_DAYS = env.int("REGISTRY_KEY_DAYS", default=365)

# The log: its name, by which whoever verifies it knows it and which never changes (host and path of its pages); and the file
# outside the database that holds what was signed last, the same one for all workers that sign.

REGISTRY_LOG_ORIGIN = env.str("REGISTRY_LOG_ORIGIN", default=f"{urlsplit(REGISTRY_ADDRESS).netloc}/log")
REGISTRY_LOG_GUARD = env.str("REGISTRY_LOG_GUARD", default=str(BASE_DIR / "var" / "log-guard") if DEVELOPMENT else "")

# The law where it leaves a choice: each of these is for the deploying court's counsel to confirm (docs/counsel.md).

REGISTRY_TIME_ZONE = "Asia/Shanghai"
REGISTRY_EFFECT_STARTS = env.str("REGISTRY_EFFECT_STARTS", default="day_after")
REGISTRY_TERM_YEARS = env.int("REGISTRY_TERM_YEARS", default=3)
REGISTRY_TERM_YEARS_ADMINISTRATIVE = env.int("REGISTRY_TERM_YEARS_ADMINISTRATIVE", default=2)
REGISTRY_TERM_YEARS_MOST = env.int("REGISTRY_TERM_YEARS_MOST", default=5)
REGISTRY_EXTRA_HOLIDAYS = env.list("REGISTRY_EXTRA_HOLIDAYS", default=[])
REGISTRY_EXTRA_WORKDAYS = env.list("REGISTRY_EXTRA_WORKDAYS", default=[])
# The last year whose holidays are known; 0: that of the installed calendar. A demonstration waits for no notice.
REGISTRY_HOLIDAYS_ANNOUNCED_THROUGH = env.int(
    "REGISTRY_HOLIDAYS_ANNOUNCED_THROUGH", default=datetime.now(UTC).year if DEMO else 0
)
REGISTRY_CLOCKS = env.json("REGISTRY_CLOCKS", default={})
REGISTRY_CIRCUMSTANCES_DAYS = env.int("REGISTRY_CIRCUMSTANCES_DAYS", default=10)
REGISTRY_RETENTION_DAYS = env.int("REGISTRY_RETENTION_DAYS", default=30)
REGISTRY_RETENTION_RECORDS_YEARS = env.int("REGISTRY_RETENTION_RECORDS_YEARS", default=3)
# By which decision of the court, of which day and for which reason, a listing goes out before service of the notice is
# evidenced; "" for none. `config.checks` refuses one without a day or a reason.
REGISTRY_NOTICE_WAIVER = env.str("REGISTRY_NOTICE_WAIVER", default="")
# Importing old decisions: how many rows a judge compares with the judgments, how many imports of a court may wait, and for
# how many hours rows that wait are kept.
REGISTRY_IMPORT_SAMPLE = env.int("REGISTRY_IMPORT_SAMPLE", default=20)
REGISTRY_IMPORTS_HELD = env.int("REGISTRY_IMPORTS_HELD", default=5)
REGISTRY_IMPORT_HOURS = env.int("REGISTRY_IMPORT_HOURS", default=72)
REGISTRY_PUBLIC_NOTICE_DAYS = env.int("REGISTRY_PUBLIC_NOTICE_DAYS", default=30)
SHARING_NOTICE_CODE_DAYS = env.int("SHARING_NOTICE_CODE_DAYS", default=90)
# An officer who is shown more different listings than this within an hour, or within a day, raises an alarm.
REGISTRY_READINGS_AN_HOUR = env.int("REGISTRY_READINGS_AN_HOUR", default=50)
REGISTRY_READINGS_A_DAY = env.int("REGISTRY_READINGS_A_DAY", default=200)
# Document numbers that an auditor, or a registrar of the High Court, is shown in full within a day, each for a reason.
REGISTRY_NUMBERS_A_DAY = env.int("REGISTRY_NUMBERS_A_DAY", default=10)
# The judgment's file: how large and how long it may be, and whether nothing is approved without it.
REGISTRY_FILE_MEGABYTES = env.int("REGISTRY_FILE_MEGABYTES", default=20)
REGISTRY_FILE_PAGES = env.int("REGISTRY_FILE_PAGES", default=500)
REGISTRY_FILE_NEEDED = env.bool("REGISTRY_FILE_NEEDED", default=False)
# Listings that an officer's court reviews: his cases, too. The book does not know the rooms above it.
REGISTRY_UNDER_REVIEW = "sharing.persons.objections.finding.under_review"
REGISTRY_SPOKEN_OF = "sharing.persons.objections.finding.is_spoken_of"
REGISTRY_DISPUTED = "sharing.persons.objections.finding.is_disputed"
REGISTRY_CODES = env.str("REGISTRY_CODES", default="") or None
# How often a process looks for changes of the code lists, at most; and who knows what else needs a code.
REGISTRY_CODES_SECONDS = env.float("REGISTRY_CODES_SECONDS", default=1.0)
REGISTRY_CODE_NEEDS = ["sharing.departments.code_needs.needs", "sharing.employers.purposes.needs"]
SHARING_INFORMATION_ONLY_IDENTITY = env.bool("SHARING_INFORMATION_ONLY_IDENTITY", default=False)
SHARING_SCOPE_LISTING = env.bool("SHARING_SCOPE_LISTING", default=DEMO)
# Months that a listing stands before an early end may be asked for, and others by the kind of penalty ("fine_only").
SHARING_REPAIR_MONTHS = env.int("SHARING_REPAIR_MONTHS", default=3)
SHARING_REPAIR_MONTHS_BY_PENALTY = env.json("SHARING_REPAIR_MONTHS_BY_PENALTY", default={})
SHARING_SHOW_EXEMPT = env.bool("SHARING_SHOW_EXEMPT", default=False)

# Where people reach the court, for the help page. Language-neutral words, or those of the court's own language.

REGISTRY_CONTACT_OFFICE = env.str("REGISTRY_CONTACT_OFFICE", default="示范市高级人民法院登记办公室")
REGISTRY_CONTACT_ADDRESS = env.str("REGISTRY_CONTACT_ADDRESS", default="示范市示范路1号")
REGISTRY_CONTACT_PHONE = env.str("REGISTRY_CONTACT_PHONE", default="000-0000 0000")
REGISTRY_CONTACT_EMAIL = env.str("REGISTRY_CONTACT_EMAIL", default="registry@court.example")
REGISTRY_CONTACT_HOURS = env.str("REGISTRY_CONTACT_HOURS", default="09:00–12:00, 13:30–17:00")

# The court's virus scanner, which every file passes that comes in, or "": ClamAV's daemon, at "unix:/run/clamav/clamd.ctl" or
# "tcp:scanner.internal:3310".

REGISTRY_SCANNER = env.str("REGISTRY_SCANNER", default="")

# What leaves the court.

SHARING_ALLOWED_NETWORKS = [
    ip_network(network)
    for network in env.list("SHARING_ALLOWED_NETWORKS", default=["127.0.0.0/8", "::1/128"] if DEVELOPMENT else [])
]
# The same for the endpoints of employers, which reach nothing that was opened to departments.
SHARING_EMPLOYERS_NETWORKS = [
    ip_network(network)
    for network in env.list("SHARING_EMPLOYERS_NETWORKS", default=["127.0.0.0/8", "::1/128"] if DEVELOPMENT else [])
]
SHARING_ALLOW_HTTP = env.bool("SHARING_ALLOW_HTTP", default=DEVELOPMENT)
# http://host:port or http://user:password@host:port; what is delivered then goes out through it, by CONNECT.
SHARING_EGRESS_PROXY = env.str("SHARING_EGRESS_PROXY", default="")
# Bits of security that receivers, the identity provider and witnesses must have in their certificates: 128, or 112 (RSA 2048).
SHARING_TLS_BITS = env.int("SHARING_TLS_BITS", default=128)
# Who cosigns the log's checkpoints: "<vkey> <address>" of each, parted by commas.
SHARING_LOG_WITNESSES = env.str("SHARING_LOG_WITNESSES", default="")
# Who keeps times by the database's clock, and sets them back where it was set back.
SHARING_SET_BACK = [
    "sharing.delivery.clock.set_delivery_back",
    "sharing.departments.conformance.running.set_back",
    "sharing.employers.monitoring.posting.set_back",
]
SHARING_HEARTBEAT_SECONDS = env.int("SHARING_HEARTBEAT_SECONDS", default=60)
SHARING_SCREENINGS_A_DAY = env.int("SHARING_SCREENINGS_A_DAY", default=200)
# Calls of one organisation's programs in a minute, whatever keys, addresses and sessions they use.
SHARING_CALLS_A_MINUTE = env.int("SHARING_CALLS_A_MINUTE", default=100_000 if DEVELOPMENT else 600)
SHARING_LOOK_UPS_AN_HOUR = env.int("SHARING_LOOK_UPS_AN_HOUR", default=60)
# Figures about fewer than this are not shown to the public.
SHARING_SMALLEST_PUBLISHED = env.int("SHARING_SMALLEST_PUBLISHED", default=5)
SHARING_SMALLEST_IN_RELEASE = env.int("SHARING_SMALLEST_IN_RELEASE", default=3)
# Days for which an evidence pack of the auditors is kept, sealed.
SHARING_EVIDENCE_DAYS = env.int("SHARING_EVIDENCE_DAYS", default=90)
SHARING_SLOTS = env.int("SHARING_SLOTS", default=2)
SHARING_CONFORMANCE_SECONDS = env.int("SHARING_CONFORMANCE_SECONDS", default=30)
SHARING_CONFORMANCE_DAYS = env.int("SHARING_CONFORMANCE_DAYS", default=30)
SHARING_RESULT_DAYS = env.int("SHARING_RESULT_DAYS", default=30)
# For so long nobody has read what he is about to send: a registration, a question, an objection. Seconds.
SHARING_LEAST_SECONDS = env.int("SHARING_LEAST_SECONDS", default=0 if DEMO else 3)
# Of all questions this share is held for consent checking; of the attested ones that were answered, this one is called in.
SHARING_HELD_SHARE = env.float("SHARING_HELD_SHARE", default=0.0 if DEMO else 0.015)
SHARING_CALLED_SHARE = env.float("SHARING_CALLED_SHARE", default=0.02)
SHARING_PENDING_COSTS = env.int("SHARING_PENDING_COSTS", default=10)
SHARING_SUBJECT_A_MONTH = env.int("SHARING_SUBJECT_A_MONTH", default=6)
# After so many consent codes of one employer that were not right, none is taken for the rest of an hour.
SHARING_WRONG_CODES_AN_HOUR = env.int("SHARING_WRONG_CODES_AN_HOUR", default=20)
# Files of one employer that may lie checked and not asked, each kept sealed for a day.
SHARING_BATCHES_HELD = env.int("SHARING_BATCHES_HELD", default=20)
# Batches of one employer that are asked or wait to be, and rows of batches that it begins in a day, in the portal and by API.
SHARING_BATCHES_UNDER_WAY = env.int("SHARING_BATCHES_UNDER_WAY", default=20)
SHARING_BATCH_ROWS_A_DAY = env.int("SHARING_BATCH_ROWS_A_DAY", default=50_000)
# Rows of one employer's campaigns that are begun in a day, the stopped ones among them: each may have a link, which is kept.
SHARING_CAMPAIGN_ROWS_A_DAY = env.int("SHARING_CAMPAIGN_ROWS_A_DAY", default=50_000)
SHARING_MISMATCHES_ALARM = env.int("SHARING_MISMATCHES_ALARM", default=3)
# Employees that an employer may have enrolled in monitoring, unless a registrar gave it another number.
SHARING_MONITORED_MOST = env.int("SHARING_MONITORED_MOST", default=200)
# Organisations that ask to be admitted: tries in an hour in all from which the registry is told and networks may send
# fewer, tries a day of one network, days that papers are kept.
SHARING_REGISTRATIONS_AN_HOUR = env.int("SHARING_REGISTRATIONS_AN_HOUR", default=300)
SHARING_REGISTRATIONS_BY_NETWORK = env.int("SHARING_REGISTRATIONS_BY_NETWORK", default=5)
SHARING_REGISTRATION_DAYS = env.int("SHARING_REGISTRATION_DAYS", default=60)
# Working days that an employer waits for the applicant's answer before it decides on a listing.
SHARING_WAITING_DAYS = env.int("SHARING_WAITING_DAYS", default=5)
# Days for which a person who wants it is written to about questions asked about him; he may renew it.
SHARING_QUESTION_MAILS_DAYS = env.int("SHARING_QUESTION_MAILS_DAYS", default=730)

# Objections and applications about one listing that may be open at a time; what one person may send in a day.
SHARING_OBJECTIONS_OPEN = env.int("SHARING_OBJECTIONS_OPEN", default=3)
SHARING_OBJECTIONS_A_DAY = env.int("SHARING_OBJECTIONS_A_DAY", default=10)

# How persons outside the court prove who they are: "counter" (a code from a court's counter), "oidc" (an OpenID Connect
# provider that vouches for real names and documents), "notice" (the code in the notice that a listed person was served),
# "passkey" (made after one of these), in the order in which they are offered.
SHARING_IDENTITY_WAYS = env.list(
    "SHARING_IDENTITY_WAYS", default=[*(["oidc"] if DEMO else []), "counter", "notice", "passkey"]
)
# Days for which a passkey opens a person's pages once nothing of his goes on any more.
SHARING_PASSKEY_DAYS = env.int("SHARING_PASSKEY_DAYS", default=30)
# The provider: its issuer, how it knows this client, and which of its claims are what; "=resident_id" is a constant.
SHARING_IDENTITY_OIDC_ISSUER = env.str(
    "SHARING_IDENTITY_OIDC_ISSUER", default=f"{REGISTRY_ADDRESS}/demo/identity" if DEMO else ""
)
SHARING_IDENTITY_OIDC_CLIENT_ID = env.str("SHARING_IDENTITY_OIDC_CLIENT_ID", default="registry" if DEMO else "")
SHARING_IDENTITY_OIDC_CLIENT_SECRET = env.str(
    "SHARING_IDENTITY_OIDC_CLIENT_SECRET", default="demonstration" if DEMO else ""
)
SHARING_IDENTITY_OIDC_SCOPE = env.str("SHARING_IDENTITY_OIDC_SCOPE", default="openid profile")
SHARING_IDENTITY_OIDC_CLAIMS = env.json(
    "SHARING_IDENTITY_OIDC_CLAIMS",
    default={"name": "name", "document_type": "document_type", "document_number": "document_number"},
)
# What the provider calls a type of document → what the register calls it.
SHARING_IDENTITY_OIDC_DOCUMENT_TYPES = env.json("SHARING_IDENTITY_OIDC_DOCUMENT_TYPES", default={})
SHARING_IDENTITY_OIDC_ALGORITHMS = env.list(
    "SHARING_IDENTITY_OIDC_ALGORITHMS", default=["RS256", "PS256", "ES256", "Ed25519", "EdDSA"]
)

# Servers.

DATABASES = {"default": env.db("DATABASE_URL", default="postgres:///registry")}
DATABASES["default"] |= {"CONN_MAX_AGE": env.int("CONN_MAX_AGE", default=60), "CONN_HEALTH_CHECKS": True}
DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = (
    True  # until it is known that no pooler is on the way: config.reached
)
DATABASES["default"].setdefault("OPTIONS", {}).update(
    connect_timeout=silence.CONNECT,
    server_side_binding=True,
    # What is asked often is planned once. A pooler between transactions must know prepared statements, or this is off.
    prepare_threshold=5 if env.bool("DATABASE_PREPARED_STATEMENTS", default=True) else None,
    # Questions are planned without sequential scans, which makes every plan look dear: compiling one takes most of a second.
    options="-c jit=off -c statement_timeout=15s -c lock_timeout=5s -c idle_in_transaction_session_timeout=5s -c timezone=UTC"
    f" -c log_parameter_max_length_on_error=0 {silence.AT_THE_DATABASE}",
    **silence.DATABASE,
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
CACHES = {"default": {"BACKEND": "registry.remembering.Cache"}}  # in the database: who signs in needs no broker

# The broker is a doorbell: everything that must happen is in the database, and a sweep finds what no bell announced.

CELERY_BROKER_URL = env.str("BROKER_URL", default=REDIS_URL)
# Files in PEM, for rediss:// and amqps://: whom to believe (the system's authorities unless set), and our own certificate.
CELERY_BROKER_USE_SSL = broker.tls(
    CELERY_BROKER_URL,
    authorities=env.str("BROKER_AUTHORITIES", default=""),
    certificate=env.str("BROKER_CERTIFICATE", default=""),
    key=env.str("BROKER_KEY", default=""),
)
# Whether database and broker must know us by a certificate, or by a socket of this machine: "optional", or "required".
REGISTRY_SERVICE_CERTIFICATES = env.str("REGISTRY_SERVICE_CERTIFICATES", default="optional")
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = broker.transport_options(CELERY_BROKER_URL)
CELERY_BROKER_HEARTBEAT = silence.UNHEARD  # seconds, of RabbitMQ
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_SEND_TASK_EVENTS = CELERY_TASK_SEND_SENT_EVENT = False  # they would tell arguments to whoever listens
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_ACKS_LATE = False
# Celery would end each connection to the database before and after each task: `config.celery` looks after them.
CELERY_DB_REUSE_MAX = sys.maxsize
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# A worker's own control queue is exclusive: RabbitMQ would refuse one that starts again sooner than the death of the
# connection of the one before was noticed.
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_TASK_SOFT_TIME_LIMIT = 60
CELERY_TASK_TIME_LIMIT = 90
CELERY_TIMEZONE = REGISTRY_TIME_ZONE
# A name of its own for each installation, where several share one RabbitMQ: one would work through the other's bells.
CELERY_TASK_DEFAULT_QUEUE = env.str("REGISTRY_QUEUE", default="celery")
# Where several hosts have workers and share no file, one of them alone takes this queue, and signs (docs/log.md).
CELERY_TASK_ROUTES = {
    "registry.checkpoint": {"queue": env.str("REGISTRY_LOG_QUEUE", default=CELERY_TASK_DEFAULT_QUEUE)}
}
CELERY_BEAT_SCHEDULE = schedule.of_beat()
CELERY_BEAT_SCHEDULER = "config.beat:Scheduler"

# The application.

INSTALLED_APPS = [
    "config.apps.ConfigConfig",
    "registry.apps.RegistryConfig",
    "sharing.parties.apps.PartiesConfig",
    "sharing.witnesses.apps.WitnessesConfig",
    "sharing.delivery.apps.DeliveryConfig",
    "sharing.departments.apps.DepartmentsConfig",
    "sharing.employers.apps.EmployersConfig",
    "sharing.courts.apps.CourtsConfig",
    "sharing.recalls.apps.RecallsConfig",
    "sharing.persons.apps.PersonsConfig",
    "sharing.statistics.apps.StatisticsConfig",
    "sharing.audit.apps.AuditConfig",
    "sharing.retention.apps.RetentionConfig",
    "sharing.rotation.apps.RotationConfig",
    "registry.admin.apps.CourtAdminConfig",
    "registry.signing_in.apps.SigningInConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "rest_framework",
    "oauth2_provider",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]
MIDDLEWARE = [
    # Before whatever may refuse a request, so that no refusal is without them.
    "config.names.NamesMiddleware",
    "registry.signing_in.middleware.DeskAddressesMiddleware",
    "config.reference.ReferenceMiddleware",
    "config.operation.counting.RequestsMiddleware",
    "config.headers.HeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.zones.routes.ForgetSessionsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Around all that writes down who looks at what, or takes it.
    "config.headers_alone.HeadersAloneMiddleware",
    "registry.auditing.exports.ExportsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "config.permissions.gate.GateMiddleware",
    "registry.signing_in.middleware.SignedInMiddleware",
    "config.code_lists.CodeListsMiddleware",
    "config.nul.NulMiddleware",
]
# Spans for OpenTelemetry's collector at this address, https unless it is on the loopback; everything else by its own variables
# (docs/spans.md).
OTEL_EXPORTER_OTLP_ENDPOINT = env.str("OTEL_EXPORTER_OTLP_ENDPOINT", default="")
if OTEL_EXPORTER_OTLP_ENDPOINT:
    MIDDLEWARE = ["config.spans.noting.SpansMiddleware", *MIDDLEWARE]
ROOT_URLCONF = "config.urls"
CSRF_FAILURE_VIEW = "config.error_pages.csrf_failure"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "registry.signing_in.pages.framed",
                *(["config.demo.pages.banner.demonstration"] if DEMO else []),
            ],
            "libraries": {"sharing_work": "sharing.desk.waiting", "outside_of": "sharing.desk.outside"},
        },
    }
]

# People.

AUTH_USER_MODEL = "registry.Account"
AUTHENTICATION_BACKENDS = ["registry.locking_backend.LockingBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "registry.signing_in.house_words.LengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "registry.signing_in.house_words.HouseWordsValidator"},
    {"NAME": "registry.account_letters.TellsOfPasswords"},
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher", "config.hashers.ClientSecretHasher"]
LOGIN_URL = "account_login"
REGISTRY_DOORS = ["registry.signing_in.desk.DESK", "sharing.parties.door.PORTAL"]
# Roles that open the desk with a passkey only: whoever approves, and whoever may change what others may do.
REGISTRY_PASSKEY_ROLES = env.list(
    "REGISTRY_PASSKEY_ROLES", default=["judge", "registrar", "auditor", "security", "system"]
)
# The court's identity service, by which officers may sign in at the desk in place of their password (docs/signing-in.md): its
# name as the button says it, its issuer, how it knows this client, and the algorithms that are believed. Without: no button.
REGISTRY_SINGLE_SIGN_ON_NAME = env.str("REGISTRY_SINGLE_SIGN_ON_NAME", default="")
REGISTRY_SINGLE_SIGN_ON_ISSUER = env.str("REGISTRY_SINGLE_SIGN_ON_ISSUER", default="")
REGISTRY_SINGLE_SIGN_ON_CLIENT_ID = env.str("REGISTRY_SINGLE_SIGN_ON_CLIENT_ID", default="")
REGISTRY_SINGLE_SIGN_ON_CLIENT_SECRET = secret("REGISTRY_SINGLE_SIGN_ON_CLIENT_SECRET")
REGISTRY_SINGLE_SIGN_ON_SCOPE = env.str("REGISTRY_SINGLE_SIGN_ON_SCOPE", default="openid")
REGISTRY_SINGLE_SIGN_ON_ALGORITHMS = env.list(
    "REGISTRY_SINGLE_SIGN_ON_ALGORITHMS", default=["RS256", "PS256", "ES256", "Ed25519", "EdDSA"]
)
# For how many minutes a session outlives its last use, at the desk and in the portals (NIST SP 800-63B-4: at most 60).
REGISTRY_IDLE_MINUTES = env.int("REGISTRY_IDLE_MINUTES", default=15)
SHARING_IDLE_MINUTES = env.int("SHARING_IDLE_MINUTES", default=30)
REGISTRY_CONFIRMED = CONFIRMED
REGISTRY_CONFIRMED_FULLY = CONFIRMED_FULLY
ACCOUNT_ADAPTER = "registry.signing_in.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300  # seconds
ACCOUNT_AUTHENTICATED_LOGIN_REDIRECTS = False  # who is signed in at the other door may sign in at this one
MFA_ADAPTER = "registry.signing_in.adapter.FactorsAdapter"
ACCOUNT_FORMS = {
    "login": "registry.signing_in.forms.SignInForm",
    "reauthenticate": "registry.signing_in.forms.PasswordConfirmForm",
}
MFA_FORMS = {
    "authenticate": "registry.signing_in.forms.CodeForm",
    "reauthenticate": "registry.signing_in.forms.CodeConfirmForm",
    "activate_totp": "registry.signing_in.forms.NewAppForm",
    "edit_webauthn": "registry.signing_in.forms.RenameForm",
    "authenticate_webauthn": "registry.signing_in.forms.SecondFactorForm",
    "login_webauthn": "registry.signing_in.forms.PasskeySignInForm",
    "reauthenticate_webauthn": "registry.signing_in.forms.PasskeyConfirmForm",
    "add_webauthn": "registry.signing_in.forms.NewPasskeyForm",
}
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # nobody registers himself
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 0  # a code opens while it is shown, for 30 s, and once (OWASP ASVS 5.0, 6.5.5)
PASSWORD_RESET_TIMEOUT = 7 * 24 * 3600  # of an invitation; nothing else has such links
SESSION_COOKIE_AGE = 12 * 3600
SESSION_SERIALIZER = "registry.signing_in.sealed_sessions.SealedSerializer"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"

# Languages: Chinese first; catalogues in locale/.

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = REGISTRY_TIME_ZONE

# Security headers. TLS ends at the proxy in front (deploy/nginx).

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", default=False) else None
# From where the proxy's headers are believed: its addresses, those of every proxy on the way.
REGISTRY_PROXIES = [ip_network(network) for network in env.list("REGISTRY_PROXIES", default=["127.0.0.0/8", "::1/128"])]
# Whether the proxy passes on the client certificates of programs (RFC 8705): deploy/nginx/registry-mutual-tls.conf.
SHARING_MUTUAL_TLS = env.bool("SHARING_MUTUAL_TLS", default=False)
# Where that server is reached: the address that programs are told, for it takes every key.
SHARING_PROGRAMS_ADDRESS = env.str(
    "SHARING_PROGRAMS_ADDRESS",
    default=f"https://{urlsplit(REGISTRY_ADDRESS).hostname}:8443" if SHARING_MUTUAL_TLS else "",
)
# Whether a key of a program must be bound to a client certificate: "optional", or "required" (docs/departments.md).
SHARING_CLIENT_CERTIFICATES = env.str("SHARING_CLIENT_CERTIFICATES", default="optional")
SECURE_SSL_REDIRECT = not DEVELOPMENT
SECURE_HSTS_SECONDS = 0 if DEVELOPMENT else 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not DEVELOPMENT
SECURE_REFERRER_POLICY = "same-origin"  # "no-referrer" makes browsers send "Origin: null" with forms: CSRF refuses it
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = not DEVELOPMENT
CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
if not DEVELOPMENT:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    LANGUAGE_COOKIE_NAME = "__Host-language"
# What is said on the next page may name somebody: it is kept here, and not in a cookie.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        **{f"{kind}-src": [SELF] for kind in ("script", "style", "img", "font", "connect")},
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
        "report-uri": ["/csp-report"],  # of browsers that do not know the other
        "report-to": ["csp"],  # named in `config.headers`
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000

# Static files: hashed names outside development, served by whitenoise.

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = env.path("STATIC_ROOT", default=str(BASE_DIR / "staticfiles"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEVELOPMENT
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEVELOPMENT
WHITENOISE_ALLOW_ALL_ORIGINS = False  # nobody else's pages have a use for ours

# The API: machines sign in with OAuth 2.0 client credentials (RFC 6749 §4.4, RFC 9700).

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["sharing.callers.ClientAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["sharing.callers.RefuseUnlessOpened"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["sharing.parsing.BodyParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "sharing.answering.OneForm",
    "DEFAULT_SCHEMA_CLASS": "sharing.operations.OwnWords",
    "EXCEPTION_HANDLER": "sharing.problems.problem_details",
    "UNAUTHENTICATED_USER": None,
}
OAUTH2_PROVIDER_APPLICATION_MODEL = "parties.Client"
OAUTH2_PROVIDER = {
    "SCOPES": {
        "events": _("Read the events meant for the department"),
        "receipts": _("Say what was done with an event"),
        "screenings": _("Ask about an applicant, read own results"),
        "cases": _("Tell the case register what was filed and how it ended"),
    },
    "DEFAULT_SCOPES": [],
    "ACCESS_TOKEN_EXPIRE_SECONDS": 3600,
    "ACCESS_TOKEN_MODEL": "oauth2_provider.AccessToken",
    "ALLOWED_GRANT_TYPES": ["client_credentials"],
    # RFC 9700, rule by rule, as `check --deploy` asks for it; tokens are stored hashed.
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
    "COMPLIANT_BCP_RFC9700_REFRESH_TOKEN": True,
    "COMPLIANT_BCP_RFC9700_REDIRECT_URI_SCHEME": True,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
    "CLIENT_SECRET_HASHER": "client_secret",
    "OAUTH2_BACKEND_CLASS": "sharing.callers.WhoCallsFirst",
    "SCOPES_BACKEND_CLASS": "sharing.callers.ClientScopes",
    "OAUTH2_VALIDATOR_CLASS": "sharing.parties.granting.ClientValidator",
}
# The document is read where browsers go; where certificates are required, no call is answered there.
SPECTACULAR_SETTINGS = API_DESCRIPTION | {
    "SERVERS": [{"url": SHARING_PROGRAMS_ADDRESS}]
    if SHARING_PROGRAMS_ADDRESS and SHARING_CLIENT_CERTIFICATES == "required"
    else []
}

# Where `manage.py back_up` lays complete backups, and whoever watches looks for their age; "" where this process cannot see them.

REGISTRY_BACKUPS = env.str("REGISTRY_BACKUPS", default="")

# Operation: after how many seconds without a pulse beat, the workers or the sweep are down (docs/operating.md); and the token
# with which Prometheus asks for /metrics, "" where it is not there.

REGISTRY_SILENT_SECONDS = env.float("REGISTRY_SILENT_SECONDS", default=45.0)
REGISTRY_METRICS_TOKEN = secret("REGISTRY_METRICS_TOKEN")

# Mail: alarms to people, about no person; links to those whom they are for. Without EMAIL_URL alarms to the registry are in the log,
# and nobody else is written to; a developer is shown every letter.

_mail = env.str("EMAIL_URL", default="")
vars().update(env.email_url_config(_mail or "consolemail://"))
REGISTRY_SENDS_MAIL = bool(_mail) or DEVELOPMENT
if not REGISTRY_SENDS_MAIL:
    EMAIL_BACKEND = "config.no_mail.Backend"
DEFAULT_FROM_EMAIL = SERVER_EMAIL = REGISTRY_CONTACT_EMAIL
EMAIL_TIMEOUT = 10

# Every line goes through the one handler, those of Django's own loggers and of the web server too: one JSON object each, or
# lines for a developer (docs/logging.md). No message holds personal data; SQL parameters are never logged.

REGISTRY_LOG_FORMAT = env.str("REGISTRY_LOG_FORMAT", default="lines" if DEVELOPMENT else "json")
LOGGING = configuration(REGISTRY_LOG_FORMAT, env.str("LOG_LEVEL", default="INFO"))
