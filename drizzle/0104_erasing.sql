-- From the first row that is erased on, an organization does not come back; and an answer whose day is over gives way to another one.
ALTER TABLE platform_organizations ADD COLUMN erasing_since timestamp(3) with time zone;--> statement-breakpoint
CREATE OR REPLACE FUNCTION public.erase_due_organization(p_limit integer, OUT organization_id text, OUT slug text, OUT is_gone boolean)
 RETURNS record
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  v_table text;
  v_refers_to_itself boolean;
  v_erased bigint;
BEGIN
  SELECT p.organization_id, o.slug INTO organization_id, slug
    FROM platform_organizations p JOIN organizations o ON o.id = p.organization_id
    WHERE p.deletion_due_at <= clock_timestamp() AND o.status = 'suspended'
    ORDER BY p.deletion_due_at LIMIT 1 FOR UPDATE OF o SKIP LOCKED;
  IF organization_id IS NULL THEN RETURN; END IF;
  UPDATE platform_organizations p SET erasing_since = coalesce(p.erasing_since, clock_timestamp())
    WHERE p.organization_id = erase_due_organization.organization_id;
  is_gone := false;
  -- What refers to something goes before it; the history, which writes down what goes, after all of it.
  FOR v_table, v_refers_to_itself IN
    WITH RECURSIVE tables AS (
      SELECT c.oid, c.relnamespace FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
        WHERE c.relkind = 'r' AND c.relnamespace IN ('public'::regnamespace, 'history'::regnamespace)
          AND a.attname = 'organization_id' AND NOT a.attisdropped
          AND c.oid <> 'platform_organizations'::regclass
    ), levels AS (
      SELECT t.oid, 0 AS level FROM tables t
      UNION
      SELECT f.confrelid, l.level + 1 FROM levels l JOIN pg_constraint f ON f.contype = 'f' AND f.conrelid = l.oid
        AND f.confrelid <> l.oid
    )
    SELECT t.oid::regclass::text, EXISTS (SELECT FROM pg_constraint f WHERE f.contype = 'f' AND f.conrelid = t.oid
        AND f.confrelid = t.oid)
      FROM tables t JOIN levels l ON l.oid = t.oid
      GROUP BY t.oid, t.relnamespace ORDER BY t.relnamespace = 'history'::regnamespace, max(l.level), t.oid
  LOOP
    EXECUTE format(CASE WHEN v_refers_to_itself THEN 'DELETE FROM %1$s x WHERE x.organization_id = $1'
      ELSE 'DELETE FROM %1$s x WHERE x.ctid = ANY (ARRAY(SELECT y.ctid FROM %1$s y WHERE y.organization_id = $1 LIMIT $2))' END,
      v_table) USING organization_id, p_limit;
    GET DIAGNOSTICS v_erased = ROW_COUNT;
    IF v_erased >= p_limit THEN RETURN; END IF;
  END LOOP;
  DELETE FROM organizations o WHERE o.id = organization_id;
  is_gone := true;
END $function$;
--> statement-breakpoint
GRANT UPDATE ON idempotent_answers TO rolecall_server;--> statement-breakpoint
DO $do$ BEGIN
  COMMENT ON COLUMN platform_organizations.erasing_since IS 'From then on rows of it are gone, and it does not come back.';
END $do$;
