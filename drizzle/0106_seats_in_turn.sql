-- Arrivals at an organization whose limit holds come one after another, so that the last seat is given once: whoever asks holds the
-- limit until their transaction ends, and then counts what the one before has done. Without such a limit nobody waits for anybody.
CREATE OR REPLACE FUNCTION are_seats_taken(p_organization_id text) RETURNS boolean
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_seats integer;
BEGIN
  SELECT l.seats INTO v_seats FROM seat_limits l WHERE l.organization_id = p_organization_id AND l.rule = 'hold'
    FOR NO KEY UPDATE;
  IF NOT FOUND THEN RETURN false; END IF;
  RETURN (SELECT coalesce(sum(c.people), 0) >= v_seats FROM people_counts c
    WHERE c.organization_id = p_organization_id AND c.status = 'active');
END $$;
--> statement-breakpoint
-- Volatile, like what it asks: another snapshot is to be seen after the wait.
CREATE OR REPLACE FUNCTION public.arrival_of(p_organization_id text, p_directory_id text, p_user_name text, p_user_name_key text, p_external_id text, p_attributes jsonb)
 RETURNS TABLE(invited_id text, is_held boolean, is_staged boolean)
 LANGUAGE plpgsql
 VOLATILE SECURITY DEFINER
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
