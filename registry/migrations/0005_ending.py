import uuid

import django.db.models.deletion
from django.db import migrations, models

from registry.models.insert_only import KEEPER_ROLE, keeper_may, refuse_changes, refuse_changes_of

OFFICER = {"on_delete": django.db.models.deletion.PROTECT, "related_name": "+", "to": "registry.officer"}


class Migration(migrations.Migration):
    dependencies = [("registry", "0004_notice_service")]
    operations = [
        migrations.AddField(
            "listing", "reviewed_on", models.DateField(blank=True, null=True, verbose_name="lifelong term last reviewed on")
        ),
        migrations.AddField(
            "listing", "sealed_at", models.DateTimeField(blank=True, null=True, verbose_name="sealed at")
        ),
        migrations.AddIndex(
            "listing",
            models.Index(
                condition=models.Q(("sealed_at", None), _negated=True), fields=["id"], name="listing_sealed"
            ),
        ),
        migrations.AddConstraint(
            "listing",
            models.CheckConstraint(
                condition=models.Q(("sealed_at", None), ("state__in", ["withdrawn", "purged"]), _connector="OR"),
                name="listing_sealed_is_not_in_force",
            ),
        ),
        migrations.CreateModel(
            "SealingOrder",
            [
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("rule", models.JSONField(verbose_name="rule")),
                ("count", models.PositiveIntegerField(verbose_name="listings")),
                ("ground", models.CharField(max_length=200, verbose_name="rule of law or decision that orders it")),
                ("reason", models.CharField(max_length=1000, verbose_name="reason")),
                ("proposed_at", models.DateTimeField(verbose_name="proposed at")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided at")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("pending", "waits for the second officer"),
                            ("carried_out", "carried out"),
                            ("refused", "refused"),
                        ],
                        default="pending",
                        max_length=16,
                        verbose_name="outcome",
                    ),
                ),
                ("refused_because", models.CharField(blank=True, max_length=1000, verbose_name="refused because")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="finished at")),
                ("decided_by", models.ForeignKey(blank=True, null=True, **OFFICER)),
                ("proposed_by", models.ForeignKey(verbose_name="proposed by", **OFFICER)),
            ],
            options={
                "verbose_name": "order of sealing",
                "verbose_name_plural": "orders of sealing",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by", None),
                            models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="sealing_decided_by_another_officer",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_by", None), ("finished_at", None), ("outcome", "pending")),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                ("finished_at", None),
                                ("outcome", "refused"),
                            ),
                            models.Q(
                                ("decided_at__isnull", False), ("decided_by__isnull", False), ("outcome", "carried_out")
                            ),
                            _connector="OR",
                        ),
                        name="sealing_decided_by_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            "SealingHit",
            [
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("done_at", models.DateTimeField(null=True, verbose_name="done at")),
                (
                    "listing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.listing"
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hits",
                        to="registry.sealingorder",
                    ),
                ),
            ],
            options={
                "verbose_name": "listing of an order of sealing",
                "verbose_name_plural": "listings of orders of sealing",
                "indexes": [
                    models.Index(
                        condition=models.Q(("done_at", None)),
                        fields=["order", "listing"],
                        name="sealing_hit_to_be_done",
                    )
                ],
                "constraints": [models.UniqueConstraint(fields=("order", "listing"), name="sealing_hits_once")],
            },
        ),
        migrations.CreateModel(
            "Seal",
            [
                (
                    "listing",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="seal",
                        serialize=False,
                        to="registry.listing",
                    ),
                ),
                (
                    "ground",
                    models.CharField(
                        choices=[
                            ("juvenile", "under 18 at the time of an offence"),
                            ("rule", "by an order of sealing"),
                        ],
                        max_length=8,
                        verbose_name="ground",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="at")),
                ("words_sealed", models.BinaryField(null=True)),
                ("officer", models.ForeignKey(verbose_name="sealed by", **OFFICER)),
                (
                    "order",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="seals",
                        to="registry.sealingorder",
                    ),
                ),
            ],
            options={
                "verbose_name": "seal",
                "verbose_name_plural": "seals",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ground", "rule"), ("order__isnull", False)),
                            models.Q(("ground", "juvenile"), ("order", None)),
                            _connector="OR",
                        ),
                        name="seal_by_an_order_or_for_youth",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            "SealOpened",
            [
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("at", models.DateTimeField(verbose_name="at")),
                ("reason_sealed", models.BinaryField(null=True)),
                (
                    "listing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="openings", to="registry.listing"
                    ),
                ),
                ("officer", models.ForeignKey(verbose_name="opened by", **OFFICER)),
            ],
            options={
                "verbose_name": "opening of a sealed listing",
                "verbose_name_plural": "openings of sealed listings",
            },
        ),
        refuse_changes_of("registry_listing", (), once=("sealed_at",), may_go=True),
        refuse_changes_of(
            "registry_sealingorder",
            ("id", "rule", "count", "ground", "reason", "proposed_by_id", "proposed_at"),
            once=("decided_by_id", "decided_at", "finished_at"),
        ),
        refuse_changes_of("registry_sealinghit", ("order_id", "listing_id"), once=("done_at",)),
        refuse_changes("registry_seal"),
        refuse_changes("registry_sealopened"),
        KEEPER_ROLE,
        migrations.RunSQL(
            "GRANT SELECT ON registry_event TO registry_keeper;"
            "GRANT SELECT, DELETE ON registry_eventpayload TO registry_keeper;",
            "REVOKE SELECT ON registry_event FROM registry_keeper;"
            "REVOKE SELECT, DELETE ON registry_eventpayload FROM registry_keeper;",
        ),
        keeper_may("registry_actrecord", empty=("reason_sealed",)),
        keeper_may("registry_seal", empty=("words_sealed",)),
        keeper_may("registry_sealopened", empty=("reason_sealed",)),
        keeper_may("registry_accessrecord", delete=True),
    ]
