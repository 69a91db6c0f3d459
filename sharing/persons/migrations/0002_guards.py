from django.db import migrations

from registry.models.insert_only import refuse_changes, refuse_changes_of

DECISIONS = "('uphold', 'uphold_in_part', 'reject', 'review_uphold', 'review_reject')"
REVIEWS = "('review_uphold', 'review_reject')"
# By an officer alone: the person himself may take it back.
ENDINGS = "('return', 'refuse', 'withdraw')"
HANDS = (
    "('return', 'refuse', 'admit', 'accept', 'uphold', 'uphold_in_part', 'reject', 'carry_out', 'carry_out_in_part', "
    "'carry_out_meanwhile', 'review_uphold', 'review_reject')"
)
OF_AN_OBJECTION = (
    *("number", "kind", "part", "subject_digest", "name_digest", "arrival", "raised_by", "authority", "language"),
    *("entered_by_id", "received_on", "raised_at", "code_digest", "form_key", "of_person_listed"),
)


OF_A_PASSKEY = (
    *("id", "credential_id", "user_handle", "public_key", "identity_sealed", "made_at"),
    *("way", "proved_at", "counter_code", "notice", "issuer", "issuer_subject_digest"),
)
OF_A_STEP = ("id", "objection_id", "place", "step", "state", "officer_id", "at", "due_on", "follows", "proposal_id")
OF_A_STEP += ("received_on", "posted_on", "authority")


def only_destroyed(table, column):
    """What was said may be destroyed, and is never changed."""
    return migrations.RunSQL(
        f"CREATE TRIGGER {table}_said BEFORE UPDATE ON {table} FOR EACH ROW WHEN "
        f"(NEW.{column} IS NOT NULL AND OLD.{column} IS DISTINCT FROM NEW.{column}) "
        "EXECUTE FUNCTION registry_refuse_change();",
        f"DROP TRIGGER {table}_said ON {table};",
    )


# Who ever entered, submitted or approved the listing, or decided before, does not decide, nor end or give back what the
# person asked, whoever asks the database: what is back at the desk, or destroyed, knows of it by its acts alone. What is
# reviewed is decided by the court above, or where there is none by one who had no hand in it.
FOUR_EYES = migrations.RunSQL(
    f"""
    CREATE FUNCTION persons_objection_four_eyes() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.officer_id IS NULL OR EXISTS (
            SELECT FROM persons_objection AS objection JOIN registry_listing AS listing ON listing.id = objection.listing_id
            WHERE objection.number = NEW.objection_id
            AND NEW.officer_id IN (listing.entered_by_id, listing.submitted_by_id, listing.approved_by_id)
        ) OR EXISTS (
            SELECT FROM persons_objection AS objection
            JOIN registry_actrecord AS act ON act.listing_number = objection.listing_number
            WHERE objection.number = NEW.objection_id AND act.officer_id = NEW.officer_id
            AND act.act IN ('enter', 'submit', 'approve')
        ) OR EXISTS (
            SELECT FROM persons_objectionstep AS step WHERE step.objection_id = NEW.objection_id
            AND step.step IN {DECISIONS} AND step.officer_id = NEW.officer_id
        ) THEN
            RAISE EXCEPTION 'objection % is decided by another officer', NEW.objection_id
                USING ERRCODE = 'restrict_violation';
        END IF;
        IF NEW.step IN {REVIEWS} AND (NOT EXISTS (
            SELECT FROM persons_objection AS objection JOIN registry_court AS court ON court.id = objection.court_id
            JOIN registry_officer AS officer ON officer.id = NEW.officer_id
            WHERE objection.number = NEW.objection_id AND officer.court_id = coalesce(
                court.parent_id, (SELECT min(high.id) FROM registry_court AS high WHERE high.level = 'high'))
        ) OR EXISTS (
            SELECT FROM persons_objectionstep AS step LEFT JOIN registry_proposal AS proposal ON proposal.id = step.proposal_id
            WHERE step.objection_id = NEW.objection_id AND (step.step IN {HANDS} AND step.officer_id = NEW.officer_id
                OR NEW.officer_id IN (proposal.proposed_by_id, proposal.decided_by_id))
        )) THEN
            RAISE EXCEPTION 'objection % is reviewed by another officer', NEW.objection_id
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER persons_objectionstep_four_eyes BEFORE INSERT ON persons_objectionstep
        FOR EACH ROW WHEN (NEW.step IN {DECISIONS} OR NEW.step IN {ENDINGS} AND NEW.officer_id IS NOT NULL) EXECUTE FUNCTION persons_objection_four_eyes();
    """,
    "DROP TRIGGER persons_objectionstep_four_eyes ON persons_objectionstep; DROP FUNCTION persons_objection_four_eyes();",
)

# Begun without a listing only by whoever says that he is not the one; of another listing never; of none any more only
# once the draft that it was about is destroyed, which the end of the transaction shows.
ABOUT_A_LISTING = migrations.RunSQL(
    """
    CREATE FUNCTION persons_objection_names_a_listing() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'objection % is about no listing', NEW.number USING ERRCODE = 'check_violation';
    END $$;
    CREATE TRIGGER persons_objection_begins BEFORE INSERT ON persons_objection
        FOR EACH ROW WHEN (NEW.listing_id IS NULL AND NEW.part <> 'identity')
        EXECUTE FUNCTION persons_objection_names_a_listing();
    CREATE TRIGGER persons_objection_listing BEFORE UPDATE ON persons_objection
        FOR EACH ROW WHEN (OLD.listing_id IS NOT NULL AND NEW.listing_id IS NOT NULL AND OLD.listing_id <> NEW.listing_id)
        EXECUTE FUNCTION registry_refuse_change();
    CREATE FUNCTION persons_objection_listing_is_gone() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT FROM registry_listing WHERE id = OLD.listing_id) THEN
            RAISE EXCEPTION 'persons_objection is insert-only' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER persons_objection_unnamed AFTER UPDATE ON persons_objection
        DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW WHEN (OLD.listing_id IS NOT NULL AND NEW.listing_id IS NULL)
        EXECUTE FUNCTION persons_objection_listing_is_gone();
    """,
    "DROP TRIGGER persons_objection_begins ON persons_objection;"
    "DROP TRIGGER persons_objection_listing ON persons_objection;"
    "DROP TRIGGER persons_objection_unnamed ON persons_objection;"
    "DROP FUNCTION persons_objection_names_a_listing(); DROP FUNCTION persons_objection_listing_is_gone();",
)


class Migration(migrations.Migration):
    dependencies = [("persons", "0001_initial"), ("registry", "0003_guards_and_first_rows")]
    operations = [
        refuse_changes_of(
            "persons_countercode", ("id", "code_digest", "officer_id", "made_at"), once=("used_at", "subject_digest")
        ),
        refuse_changes_of(
            "persons_notice",
            ("id", "listing_number", "language", "officer_id", "issued_at"),
            once=("replaced_at", "made_at", "sha256", "code_digest", "expires_at", "used_at", "subject_digest"),
        ),
        refuse_changes_of("persons_passkey", OF_A_PASSKEY, may_go=True),
        refuse_changes_of("persons_objectionstep", OF_A_STEP),
        refuse_changes("persons_objectionevidence", keeper_may_delete=True),
        refuse_changes_of("persons_objection", OF_AN_OBJECTION, once=("listing_number",)),
        ABOUT_A_LISTING,
        refuse_changes_of("persons_objectionfile", ("id", "objection_id", "media_type", "size", "sent_at")),
        only_destroyed("persons_objection", "content_sealed"),
        only_destroyed("persons_objectionfile", "content_sealed"),
        only_destroyed("persons_objectionstep", "reason_sealed"),
        FOUR_EYES,
        refuse_changes("persons_counterrecord"),
        refuse_changes_of(
            "persons_othernamealarm", ("id", "subject_digest", "listing_numbers", "day", "at"), once=("told_at",), may_go=True
        ),
    ]
