from django.db import migrations

from registry.models.insert_only import refuse_changes


class Migration(migrations.Migration):
    dependencies = [("departments", "0008_proposals_and_conditions"), ("registry", "0002_guards_and_first_rows")]
    operations = [
        # An outcome names the officer who made that very proposal, so its check on who decides cannot be led astray.
        migrations.RunSQL(
            "ALTER TABLE departments_sharingproposal ADD CONSTRAINT sharing_proposal_and_proposer "
            "UNIQUE (id, proposed_by_id);"
            "ALTER TABLE departments_proposaloutcome ADD CONSTRAINT outcome_names_the_proposer "
            "FOREIGN KEY (proposal_id, proposed_by_id) REFERENCES departments_sharingproposal (id, proposed_by_id);",
            "ALTER TABLE departments_proposaloutcome DROP CONSTRAINT outcome_names_the_proposer;"
            "ALTER TABLE departments_sharingproposal DROP CONSTRAINT sharing_proposal_and_proposer;",
        ),
        refuse_changes("departments_sharingproposal"),
        refuse_changes("departments_proposaloutcome"),
        refuse_changes("departments_deskact"),
    ]
