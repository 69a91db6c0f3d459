import django.contrib.postgres.fields
import django.db.models.deletion
import oauth2_provider.generators
import oauth2_provider.models
import uuid
from django.conf import settings
from django.db import migrations, models

from registry.models.tables import CreateTables


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("registry", "0001_accounts"),
    ]

    operations = [
        CreateTables(
            [
                migrations.CreateModel(
                    name="Organisation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[("department", "department"), ("employer", "employer"), ("court", "court")],
                                max_length=12,
                                verbose_name="kind",
                            ),
                        ),
                        ("code", models.SlugField(max_length=48, unique=True, verbose_name="code")),
                        ("name", models.CharField(max_length=100, verbose_name="name")),
                        ("name_en", models.CharField(blank=True, max_length=100, verbose_name="English name")),
                        (
                            "uscc",
                            models.CharField(max_length=18, unique=True, verbose_name="unified social credit code"),
                        ),
                        ("suspended_at", models.DateTimeField(blank=True, null=True, verbose_name="suspended at")),
                        (
                            "networks",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=43),
                                blank=True,
                                default=list,
                                size=None,
                                verbose_name="networks",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "organisation",
                        "verbose_name_plural": "organisations",
                    },
                ),
                migrations.CreateModel(
                    name="Member",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "role",
                            models.CharField(
                                choices=[
                                    ("owner", "owner"),
                                    ("integrator", "integrator"),
                                    ("hr", "HR"),
                                    ("auditor", "auditor"),
                                ],
                                max_length=12,
                                verbose_name="role",
                            ),
                        ),
                        ("name", models.CharField(max_length=100, verbose_name="name")),
                        ("has_initial_password", models.BooleanField(default=False, verbose_name="initial password")),
                        ("is_shut_out", models.BooleanField(default=False, verbose_name="shut out by an owner")),
                        (
                            "barred_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="shut out by the court at"),
                        ),
                        (
                            "account",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="member",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="account",
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="members",
                                to="parties.organisation",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "member",
                        "verbose_name_plural": "members",
                    },
                ),
                migrations.CreateModel(
                    name="Client",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        (
                            "client_id",
                            models.CharField(
                                db_index=True,
                                default=oauth2_provider.generators.generate_client_id,
                                max_length=255,
                                unique=True,
                                verbose_name="client ID",
                            ),
                        ),
                        (
                            "redirect_uris",
                            models.TextField(
                                blank=True, help_text="Allowed URIs list, space separated", verbose_name="redirect URIs"
                            ),
                        ),
                        (
                            "post_logout_redirect_uris",
                            models.TextField(
                                blank=True,
                                default="",
                                help_text="Allowed Post Logout URIs list, space separated",
                                verbose_name="post logout redirect URIs",
                            ),
                        ),
                        (
                            "client_type",
                            models.CharField(
                                choices=[("confidential", "Confidential"), ("public", "Public")],
                                max_length=32,
                                verbose_name="client type",
                            ),
                        ),
                        (
                            "authorization_grant_type",
                            models.CharField(
                                choices=[
                                    ("authorization-code", "Authorization code"),
                                    ("urn:ietf:params:oauth:grant-type:device_code", "Device Code"),
                                    ("implicit", "Implicit"),
                                    ("password", "Resource owner password-based"),
                                    ("client-credentials", "Client credentials"),
                                    ("openid-hybrid", "OpenID connect hybrid"),
                                ],
                                max_length=44,
                                verbose_name="authorization grant type",
                            ),
                        ),
                        (
                            "client_secret",
                            oauth2_provider.models.ClientSecretField(
                                blank=True,
                                db_index=True,
                                default=oauth2_provider.generators.generate_client_secret,
                                help_text="Client secret for authentication",
                                max_length=255,
                                verbose_name="client secret",
                            ),
                        ),
                        ("hash_client_secret", models.BooleanField(default=True, verbose_name="hash client secret")),
                        ("name", models.CharField(blank=True, max_length=255, verbose_name="name")),
                        ("skip_authorization", models.BooleanField(default=False, verbose_name="skip authorization")),
                        ("created", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                        ("updated", models.DateTimeField(auto_now=True, verbose_name="updated")),
                        (
                            "algorithm",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("", "No OIDC support"),
                                    ("RS256", "RSA with SHA-2 256"),
                                    ("HS256", "HMAC with SHA-2 256"),
                                ],
                                default="",
                                max_length=5,
                                verbose_name="algorithm",
                            ),
                        ),
                        (
                            "allowed_origins",
                            models.TextField(
                                blank=True,
                                default="",
                                help_text="Allowed origins list to enable CORS, space separated",
                                verbose_name="allowed origins",
                            ),
                        ),
                        (
                            "registration_source",
                            models.CharField(
                                choices=[
                                    ("manual", "Manual"),
                                    ("dcr", "Dynamic Client Registration"),
                                    ("cimd", "Client ID Metadata Document"),
                                ],
                                default="manual",
                                help_text="How this application was registered (manual, DCR per RFC 7591, or CIMD)",
                                max_length=32,
                                verbose_name="registration source",
                            ),
                        ),
                        (
                            "cimd_expires_at",
                            models.DateTimeField(
                                blank=True,
                                default=None,
                                help_text="When the cached Client ID Metadata Document should be re-fetched",
                                null=True,
                                verbose_name="CIMD expires at",
                            ),
                        ),
                        (
                            "scopes",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=24), size=None, verbose_name="scopes"
                            ),
                        ),
                        ("expires_at", models.DateTimeField(verbose_name="expires at")),
                        ("last_used_on", models.DateField(blank=True, null=True, verbose_name="last used on")),
                        ("used_from", models.JSONField(blank=True, default=dict, verbose_name="used from")),
                        (
                            "certificates",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=43),
                                blank=True,
                                default=list,
                                size=None,
                                verbose_name="certificates",
                            ),
                        ),
                        ("is_bound", models.BooleanField(default=False, verbose_name="bound to certificates")),
                        (
                            "reminded_days",
                            models.PositiveSmallIntegerField(
                                blank=True, null=True, verbose_name="reminded days before"
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="%(app_label)s_%(class)s",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="user",
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="clients",
                                to="parties.organisation",
                            ),
                        ),
                        (
                            "replaces",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="replaced_by",
                                to="parties.client",
                                verbose_name="replaces",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "client",
                        "verbose_name_plural": "clients",
                    },
                ),
                migrations.CreateModel(
                    name="RefusedCalls",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("address", "from an address outside the list"),
                                    ("certificate", "without the key’s certificate"),
                                ],
                                max_length=12,
                                verbose_name="kind",
                            ),
                        ),
                        ("day", models.DateField(verbose_name="day")),
                        ("calls", models.PositiveIntegerField(verbose_name="calls")),
                        (
                            "addresses",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=45), size=None, verbose_name="addresses"
                            ),
                        ),
                        ("last_at", models.DateTimeField(verbose_name="last at")),
                        ("told_at", models.DateTimeField(blank=True, null=True, verbose_name="told at")),
                        (
                            "client",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="refused_calls",
                                to="parties.client",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "refused calls",
                        "verbose_name_plural": "refused calls",
                        "constraints": [
                            models.UniqueConstraint(fields=("client", "kind", "day"), name="refused_calls_a_day")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CallsMade",
                    fields=[
                        (
                            "organisation",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="calls_made",
                                serialize=False,
                                to="parties.organisation",
                            ),
                        ),
                        ("minute", models.DateTimeField(verbose_name="minute")),
                        ("calls", models.PositiveIntegerField(verbose_name="calls")),
                    ],
                    options={
                        "verbose_name": "calls made",
                        "verbose_name_plural": "calls made",
                    },
                ),
                migrations.CreateModel(
                    name="MemberAct",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ("act", models.CharField(max_length=24, verbose_name="act")),
                        ("about", models.CharField(max_length=64, verbose_name="about")),
                        ("at", models.DateTimeField(verbose_name="at")),
                        (
                            "member",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="acts", to="parties.member"
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "act of a member",
                        "verbose_name_plural": "acts of members",
                        "indexes": [models.Index(fields=["member", "at"], name="member_act_at")],
                    },
                ),
            ]
        ),
    ]
