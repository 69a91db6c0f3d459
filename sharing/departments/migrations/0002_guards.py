from django.db import migrations

from registry.models.insert_only import refuse_changes, refuse_changes_of

WRITTEN_ONCE = (
    *("receipt", "renewal", "reached", "onwardreceipt", "look", "escalation"),
    *("sharingproposal", "proposaloutcome", "deskact"),
    *("trialevent", "trialattempt", "trialpull", "trialreceipt", "checkresult", "stagechange"),
)

# An outcome names the officer who made that very proposal, so its check on who decides cannot be led astray.
OUTCOME_NAMES_THE_PROPOSER = migrations.RunSQL(
    "ALTER TABLE departments_sharingproposal ADD CONSTRAINT sharing_proposal_and_proposer "
    "UNIQUE (id, proposed_by_id);"
    "ALTER TABLE departments_proposaloutcome ADD CONSTRAINT outcome_names_the_proposer "
    "FOREIGN KEY (proposal_id, proposed_by_id) REFERENCES departments_sharingproposal (id, proposed_by_id);",
    "ALTER TABLE departments_proposaloutcome DROP CONSTRAINT outcome_names_the_proposer;"
    "ALTER TABLE departments_sharingproposal DROP CONSTRAINT sharing_proposal_and_proposer;",
)


class Migration(migrations.Migration):
    dependencies = [("departments", "0001_initial"), ("registry", "0003_guards_and_first_rows")]
    operations = [
        OUTCOME_NAMES_THE_PROPOSER,
        *(refuse_changes(f"departments_{table}") for table in WRITTEN_ONCE),
        *(
            refuse_changes_of(f"departments_{table}", ("entered_by_id", "approved_by_id"), may_go=True)
            for table in ("instrument", "measure")
        ),
    ]
