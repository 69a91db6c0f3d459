from django.db import migrations

from registry.models.insert_only import KEEPER_ROLE, keeper_may, refuse_changes, refuse_changes_of

# Officers and members have one table of accounts. Whoever gets through a portal's process neither becomes an officer by it nor
# gives one of them another password or passkey.
OFFICERS_OUT_OF_REACH = migrations.RunSQL(
    """
    CREATE FUNCTION registry_officers_account() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'accounts of officers are not changed from the portals' USING ERRCODE = 'insufficient_privilege';
    END $$;
    CREATE FUNCTION registry_officers_factor() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF current_user = 'registry_portal' AND EXISTS (
            SELECT FROM registry_account WHERE is_staff AND id IN (
                CASE WHEN TG_OP <> 'INSERT' THEN OLD.user_id END, CASE WHEN TG_OP <> 'DELETE' THEN NEW.user_id END)
        ) THEN
            RAISE EXCEPTION 'factors of officers are not changed from the portals' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END $$;
    CREATE TRIGGER registry_account_begins BEFORE INSERT ON registry_account FOR EACH ROW
        WHEN (current_user = 'registry_portal' AND (NEW.is_staff OR NEW.is_superuser)) EXECUTE FUNCTION registry_officers_account();
    CREATE TRIGGER registry_account_officers BEFORE UPDATE ON registry_account FOR EACH ROW
        WHEN (current_user = 'registry_portal' AND (OLD.is_staff OR NEW.is_staff OR NEW.is_superuser))
        EXECUTE FUNCTION registry_officers_account();
    CREATE TRIGGER registry_account_goes BEFORE DELETE ON registry_account FOR EACH ROW
        WHEN (current_user = 'registry_portal' AND OLD.is_staff) EXECUTE FUNCTION registry_officers_account();
    CREATE TRIGGER mfa_authenticator_officers BEFORE INSERT OR UPDATE OR DELETE ON mfa_authenticator
        FOR EACH ROW EXECUTE FUNCTION registry_officers_factor();
    """,
    """
    DROP TRIGGER mfa_authenticator_officers ON mfa_authenticator; DROP TRIGGER registry_account_goes ON registry_account;
    DROP TRIGGER registry_account_officers ON registry_account; DROP TRIGGER registry_account_begins ON registry_account;
    DROP FUNCTION registry_officers_factor(); DROP FUNCTION registry_officers_account();
    """,
)


class Migration(migrations.Migration):
    dependencies = [("registry", "0003_guards_and_first_rows"), ("mfa", "0003_authenticator_type_uniq")]
    operations = [
        refuse_changes("registry_noticeservice", keeper_may_delete=True),
        refuse_changes("registry_unitchange"),
        refuse_changes("registry_refusedact"),
        refuse_changes_of(
            "registry_readingalarm", ("id", "officer_id", "kind", "day", "count", "at"), once=("told_at",)
        ),
        # Else a row that names its officer twice could be made to name another one first.
        refuse_changes_of("registry_listing", ("entered_by_id",), once=("sealed_at",), may_go=True),
        refuse_changes_of("registry_proposal", ("proposed_by_id",), may_go=True),
        refuse_changes_of("registry_import", ("uploaded_by_id",), may_go=True),
        refuse_changes_of(
            "registry_sealingorder",
            ("id", "rule", "count", "ground", "reason", "proposed_by_id", "proposed_at"),
            once=("decided_by_id", "decided_at", "finished_at"),
        ),
        refuse_changes_of("registry_sealinghit", ("order_id", "listing_id"), once=("done_at",)),
        refuse_changes_of(
            "registry_deputyship",
            ("id", "officer_id", "deputy_id", "starts_on", "ends_on", "reason_sealed", "named_by_id", "named_at"),
            once=("ended_at", "ended_by_id"),
        ),
        refuse_changes("registry_handover"),
        refuse_changes("registry_appointmentend"),
        refuse_changes("registry_accountact"),
        refuse_changes_of(
            "registry_appointmentproposal",
            ("id", "user_name", "email", "court_id", "role", "staff_number", "name", "proposed_by_id", "proposed_at"),
            once=("decided_by_id", "decided_at", "officer_id"),
        ),
        refuse_changes("registry_seal"),
        refuse_changes("registry_sealopened"),
        refuse_changes("registry_decisionfile"),
        refuse_changes("registry_fileremoval"),
        refuse_changes_of(
            "registry_codeproposal",
            ("id", "list_name", "source", "reason", "made_on", "proposed_by_id", "proposed_at"),
            once=("decided_by_id", "decided_at", "version"),
        ),
        refuse_changes("registry_codechange"),
        KEEPER_ROLE,
        migrations.RunSQL(
            "GRANT SELECT ON registry_event TO registry_keeper;"
            "GRANT SELECT, DELETE ON registry_eventpayload TO registry_keeper;",
            "REVOKE SELECT ON registry_event FROM registry_keeper;"
            "REVOKE SELECT, DELETE ON registry_eventpayload FROM registry_keeper;",
        ),
        migrations.RunSQL(
            "GRANT EXECUTE ON FUNCTION registry_make_partition(regclass, date) TO registry_keeper;",
            "REVOKE EXECUTE ON FUNCTION registry_make_partition(regclass, date) FROM registry_keeper;",
        ),
        keeper_may("registry_actrecord", empty=("reason_sealed",)),
        keeper_may("registry_seal", empty=("words_sealed",)),
        keeper_may("registry_sealopened", empty=("reason_sealed",)),
        keeper_may("registry_decisionfile", empty=("content_sealed",)),
        keeper_may("registry_fileremoval", empty=("reason_sealed",)),
        keeper_may("registry_accessrecord", delete=True),
        keeper_may("registry_unitchange", delete=True),
        keeper_may("registry_refusedact", delete=True),
        keeper_may("registry_auditentry", delete=True),
        OFFICERS_OUT_OF_REACH,
    ]
