-- outside of a transaction: each table is locked for a moment, and not all of them until the last one is done
-- Policies compare with the setting itself instead of a subselect of it, which some databases do not take. Plans stay as they were:
-- where a statement names its organization, PostgreSQL compares it with the setting once. What a person sees of assets goes on asking
-- person_scopes() and person_teams() by a subselect, since those are worked out once for a statement that way.
SET synchronous_commit = off;--> statement-breakpoint
DO $do$
DECLARE
  v_policy record;
BEGIN
  FOR v_policy IN SELECT p.polname, p.polrelid::regclass AS place,
      pg_get_expr(p.polqual, p.polrelid) AS qual, pg_get_expr(p.polwithcheck, p.polrelid) AS with_check
    FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE c.relnamespace = 'public'::regnamespace
      AND pg_get_expr(p.polqual, p.polrelid) ~ '\( SELECT (COALESCE\()?current_setting'
    ORDER BY c.relname
  LOOP
    EXECUTE format('ALTER POLICY %I ON %s USING (%s)', v_policy.polname, v_policy.place, regexp_replace(v_policy.qual,
      '\( SELECT (current_setting\([^()]*\)|COALESCE\(current_setting\([^()]*\), [^()]*\)) AS "?\w+"?\)', '\1', 'g'))
      || coalesce(' WITH CHECK (' || regexp_replace(v_policy.with_check,
        '\( SELECT (current_setting\([^()]*\)) AS "?\w+"?\)', '\1', 'g') || ')', '');
    COMMIT;
  END LOOP;
END $do$;--> statement-breakpoint
RESET synchronous_commit;
