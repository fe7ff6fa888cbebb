-- How many people an organization may have active, as the platform says, and whether new ones are let in beyond it. Nobody who is here
-- is ever touched by it.
CREATE TABLE seat_limits (
  organization_id text NOT NULL CONSTRAINT seat_limits_organization_id_organizations_id_fk
    REFERENCES organizations(id) ON DELETE CASCADE,
  seats integer NOT NULL,
  rule text NOT NULL,
  CONSTRAINT seat_limits_organization_id_pk PRIMARY KEY (organization_id),
  CONSTRAINT seat_limits_seats CHECK (seats >= 0),
  CONSTRAINT seat_limits_rule CHECK (rule IN ('warn', 'hold'))
);
--> statement-breakpoint
ALTER TABLE seat_limits ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE POLICY own_organization ON seat_limits FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id', true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id', true));--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON seat_limits TO rolecall_server;--> statement-breakpoint
-- Whether new people wait because every seat is taken.
CREATE FUNCTION are_seats_taken(p_organization_id text) RETURNS boolean
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_seats integer;
BEGIN
  SELECT l.seats INTO v_seats FROM seat_limits l WHERE l.organization_id = p_organization_id AND l.rule = 'hold';
  IF NOT FOUND THEN RETURN false; END IF;
  RETURN (SELECT coalesce(sum(c.people), 0) >= v_seats FROM people_counts c
    WHERE c.organization_id = p_organization_id AND c.status = 'active');
END $$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION public.arrival_of(p_organization_id text, p_directory_id text, p_user_name text, p_user_name_key text, p_external_id text, p_attributes jsonb)
 RETURNS TABLE(invited_id text, is_held boolean, is_staged boolean)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET enable_seqscan TO 'off'
AS $function$
DECLARE
  v_names text[] := array_remove(ARRAY[p_user_name_key, sign_in_key(p_attributes, p_user_name)], NULL);
  v_may_be_invited boolean;
  v_may_be_held boolean;
BEGIN
  IF p_organization_id IS DISTINCT FROM current_setting('rolecall.organization_id', true) THEN RETURN; END IF;
  SELECT d.arrivals = 'staged',
      EXISTS (SELECT FROM invitations i WHERE i.organization_id = p_organization_id AND i.email_key = ANY (v_names)),
      EXISTS (SELECT FROM users u WHERE u.organization_id = p_organization_id AND u.deleted_at IS NOT NULL
          AND u.user_name_key = ANY (v_names))
        OR EXISTS (SELECT FROM users u WHERE u.organization_id = p_organization_id AND u.deleted_at IS NOT NULL
          AND u.email_key = ANY (v_names))
        OR EXISTS (SELECT FROM users u WHERE u.organization_id = p_organization_id AND u.deleted_at IS NOT NULL
          AND u.external_id = p_external_id)
        OR EXISTS (SELECT FROM former_names f WHERE f.organization_id = p_organization_id
          AND f.value_key = ANY (v_names || p_external_id))
    INTO is_staged, v_may_be_invited, v_may_be_held
    FROM directories d WHERE d.organization_id = p_organization_id AND d.id = p_directory_id;
  is_staged := coalesce(is_staged, false) OR p_directory_id IS NOT NULL AND are_seats_taken(p_organization_id);
  IF v_may_be_invited THEN
    SELECT u.id INTO invited_id FROM invitations i JOIN users u ON u.organization_id = i.organization_id AND u.id = i.user_id
      WHERE i.organization_id = p_organization_id AND i.status IN ('pending', 'cancelled') AND i.email_key = ANY (v_names)
        AND u.status = 'invited' AND u.directory_id IS NULL AND u.deleted_at IS NULL
      ORDER BY (u.user_name_key = p_user_name_key) DESC, u.id LIMIT 1;
  END IF;
  IF invited_id IS NULL AND v_may_be_held THEN
    SELECT r.status_reason = 'administrator' AND (SELECT o.reactivation = 'by_holder' FROM organizations o
        WHERE o.id = p_organization_id) INTO is_held
      FROM users r WHERE r.organization_id = p_organization_id AND r.id IN (
        SELECT u.id FROM users u WHERE u.organization_id = p_organization_id AND u.deleted_at IS NOT NULL
          AND u.user_name_key = ANY (v_names)
        UNION ALL SELECT u.id FROM users u WHERE u.organization_id = p_organization_id AND u.deleted_at IS NOT NULL
          AND u.email_key = ANY (v_names)
        UNION ALL SELECT u.id FROM users u WHERE u.organization_id = p_organization_id AND u.deleted_at IS NOT NULL
          AND u.external_id = p_external_id AND u.directory_id = p_directory_id
        UNION ALL SELECT f.user_id FROM former_names f WHERE f.organization_id = p_organization_id
          AND f.value_key = ANY (v_names) AND f.kind IN ('user_name', 'address')
        UNION ALL SELECT f.user_id FROM former_names f WHERE f.organization_id = p_organization_id
          AND f.value_key = p_external_id AND f.kind = 'external_id' AND f.directory_id = p_directory_id)
      ORDER BY r.status_changed_at DESC, r.id DESC LIMIT 1;
  END IF;
  is_held := coalesce(is_held, false);
  RETURN NEXT;
END $function$;
--> statement-breakpoint
-- For a transaction of the platform.
CREATE FUNCTION seat_limit_of(p_organization_id text) RETURNS jsonb
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT jsonb_build_object('seats', l.seats, 'rule', l.rule) FROM seat_limits l
    WHERE l.organization_id = p_organization_id AND current_setting('rolecall.instance', true) = 'on' $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION seat_limit_of(text) FROM PUBLIC;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION seat_limit_of(text) TO rolecall_server;--> statement-breakpoint
REVOKE ALL ON FUNCTION are_seats_taken(text) FROM PUBLIC;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION are_seats_taken(text) TO rolecall_server;--> statement-breakpoint
DO $do$ BEGIN
  COMMENT ON TABLE seat_limits IS 'How many people an organization may have active, as the platform says. hold: whoever a directory or a first sign-in brings beyond it waits to be let in.';
  COMMENT ON FUNCTION seat_limit_of(text) IS 'The seat limit of an organization, for a transaction of the platform.';
  COMMENT ON FUNCTION are_seats_taken(text) IS 'Whether new people wait because every seat is taken.';
END $do$;
