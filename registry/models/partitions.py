"""Tables whose rows lie in one partition for each month, in UTC: what makes the partitions and guards each of them.

PostgreSQL keeps the row triggers, keys and indexes of the whole table on each partition; the trigger that refuses TRUNCATE
is a statement's, which each partition needs for itself. Nobody but the owner has a right on a partition.
"""

from __future__ import annotations

from django.db import migrations

MONTHS_AHEAD = 3

# A partition is made beside the table and then attached: that keeps nobody from reading or writing, and waits for whoever is
# at the partition of what has no other. A lock that does not come within a second is asked for again by the clock.
# How the months stand says of no row more than that there is one, whose month should have had a partition; what is older than
# the first month lies where it lies.
PARTITION_FUNCTIONS = migrations.RunSQL(
    """
    CREATE FUNCTION registry_parted_by(whole regclass) RETURNS name LANGUAGE sql STABLE
    SET search_path = pg_catalog, public, pg_temp AS $$
        SELECT a.attname FROM pg_partitioned_table t JOIN pg_class c ON c.oid = t.partrelid
        JOIN pg_attribute a ON a.attrelid = t.partrelid AND a.attnum = t.partattrs[0]
        WHERE t.partrelid = whole AND t.partstrat = 'r' AND c.relnamespace = 'public'::regnamespace
    $$;
    CREATE FUNCTION registry_make_partition(whole regclass, month date) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' SET lock_timeout = '1s' AS $$
    DECLARE
        parent name := (SELECT relname FROM pg_class WHERE oid = whole);
        part name := format('%s_%s', parent, to_char(month, 'YYYY_MM'));
        parted_by name := registry_parted_by(whole);
        begins timestamptz := month;
        ends timestamptz := month + interval '1 month';
    BEGIN
        IF parted_by IS NULL OR extract(day FROM month) <> 1
            OR month NOT BETWEEN now() - interval '10 years' AND now() + interval '2 years'
        THEN
            RAISE EXCEPTION 'no partition of % is made for %: of partitioned tables, of the first day of a month, ten '
                'years back and two ahead', whole, month USING ERRCODE = 'invalid_parameter_value';
        END IF;
        PERFORM pg_advisory_xact_lock(hashtext('registry_make_partition'), whole::oid::integer);
        IF to_regclass(format('public.%I', part)) IS NOT NULL THEN RETURN false; END IF;
        EXECUTE format('CREATE TABLE public.%I (LIKE %s INCLUDING DEFAULTS INCLUDING CONSTRAINTS, '
            'CONSTRAINT of_the_month CHECK (%I IS NOT NULL AND %I >= %L AND %I < %L))',
            part, whole, parted_by, parted_by, begins, parted_by, ends);
        EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON public.%I FOR EACH STATEMENT '
            'EXECUTE FUNCTION registry_refuse_change()', parent || '_no_truncate', part);
        EXECUTE format('ALTER TABLE %s ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)', whole, part, begins, ends);
        EXECUTE format('ALTER TABLE public.%I DROP CONSTRAINT of_the_month', part);
        RETURN true;
    END $$;
    REVOKE ALL ON FUNCTION registry_make_partition(regclass, date) FROM PUBLIC;
    CREATE FUNCTION registry_months_standing() RETURNS TABLE (whole text, ahead bigint, strays boolean)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' AS $$
    DECLARE rest regclass; begins timestamptz;
    BEGIN
        FOR whole, rest, begins, ahead IN
            SELECT t.partrelid::regclass::text, t.partdefid::regclass, min(part.begins),
                count(*) FILTER (WHERE part.begins > now())
            FROM pg_partitioned_table t JOIN pg_inherits i ON i.inhparent = t.partrelid
            JOIN pg_class c ON c.oid = i.inhrelid CROSS JOIN LATERAL (
                SELECT substring(pg_get_expr(c.relpartbound, c.oid) FROM $re$FROM \\('(.+?)'\\)$re$)::timestamptz AS begins
            ) AS part WHERE registry_parted_by(t.partrelid) IS NOT NULL GROUP BY 1, 2
        LOOP
            EXECUTE format('SELECT EXISTS (SELECT FROM %s WHERE %I >= %L)',
                rest, registry_parted_by(whole::regclass), begins) INTO strays;
            RETURN NEXT;
        END LOOP;
    END $$;
    """,
    "DROP FUNCTION registry_months_standing(); DROP FUNCTION registry_make_partition(regclass, date); DROP FUNCTION registry_parted_by(regclass);",
)


def partitioned(table: str) -> migrations.RunSQL:
    """The migration that gives a `CreatePartitioned` table the partitions of this month and those ahead, and one for whatever
    has no other: nothing is ever refused because a month was not made.
    """
    first, last = (f"now() AT TIME ZONE 'UTC'{ahead}" for ahead in ("", f" + interval '{MONTHS_AHEAD} months'"))
    months = f"generate_series(date_trunc('month', {first}), {last}, '1 month')"
    made = f"SELECT registry_make_partition('{table}', month::date) FROM {months} AS month;"  # noqa: S608 - only constants
    return migrations.RunSQL(
        f"CREATE TABLE {table}_default PARTITION OF {table} DEFAULT;"
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}_default "
        f"FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_change(); {made}",
        f"DROP TABLE {table}_default;",
    )
