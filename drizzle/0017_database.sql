-- Where this database lives: PostgreSQL's own number of the cluster, of the database and of a table in it. A backup that was
-- restored is somewhere else, by at least one of them.
CREATE TABLE "instance_places" (
	"id" integer PRIMARY KEY NOT NULL,
	"place" jsonb NOT NULL,
	"timeline" integer,
	"settled_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "instance_places" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE FUNCTION current_place() RETURNS jsonb
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_system text;
BEGIN
  BEGIN
    SELECT s.system_identifier::text INTO v_system FROM pg_control_system() s;
  EXCEPTION WHEN insufficient_privilege OR undefined_function THEN v_system := NULL;
  END;
  RETURN jsonb_build_object('system', v_system,
    'database', (SELECT d.oid::bigint FROM pg_database d WHERE d.datname = current_database()),
    'table', 'public.sessions'::regclass::oid::bigint);
END
$$;
--> statement-breakpoint
-- The number that PostgreSQL raises when a standby takes over, and when it is recovered to a point in time; null where it is
-- not told.
CREATE FUNCTION current_timeline() RETURNS integer
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  RETURN (SELECT c.timeline_id FROM pg_control_checkpoint() c);
EXCEPTION WHEN insufficient_privilege OR undefined_function THEN RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE FUNCTION is_settled() RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM instance_places i WHERE i.id = 1 AND i.place = current_place()
    AND i.timeline IS NOT DISTINCT FROM current_timeline()) $$;
--> statement-breakpoint
-- Whatever let somebody in at the time of the backup ends: sessions, what was issued under them, codes and refresh tokens,
-- sign-ins under way, links to set a password or to connect a provider.
CREATE FUNCTION end_all_access() RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_sessions integer;
BEGIN
  INSERT INTO audit_events (organization_id, id, occurred_at, actor_type, actor_id, action, target_type, target_id, detail,
      request_id)
    SELECT o.id, new_id('evt'), now(), 'system', 'restore', 'organization.restored', 'organization', o.id,
      jsonb_build_object('sessions', (SELECT count(*) FROM sessions s WHERE s.organization_id = o.id AND s.ended_at IS NULL),
        'passwordLinks', (SELECT count(*) FROM password_resets r WHERE r.organization_id = o.id AND r.used_at IS NULL
          AND r.expires_at > now()),
        'setupLinks', (SELECT count(*) FROM setup_links l WHERE l.organization_id = o.id AND l.revoked_at IS NULL
          AND l.expires_at > now())), 'req_restore'
    FROM organizations o;
  UPDATE sessions SET ended_at = now(), end_reason = 'restored' WHERE ended_at IS NULL;
  GET DIAGNOSTICS v_sessions = ROW_COUNT;
  -- What must not be used twice stays known.
  DELETE FROM provider_artifacts WHERE model <> 'ReplayDetection';
  DELETE FROM sign_in_requests;
  UPDATE password_resets SET used_at = now() WHERE used_at IS NULL;
  UPDATE setup_links SET revoked_at = now() WHERE revoked_at IS NULL;
  RETURN v_sessions;
END
$$;
--> statement-breakpoint
-- Looks whether the database is where it was. `new`: seen for the first time; `same`; `restored`: somewhere else, and all access
-- has ended by now; `timeline`: in its place, on another timeline. Nodes take turns.
CREATE FUNCTION settle_in() RETURNS text
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_place jsonb := current_place();
  v_timeline integer := current_timeline();
  v_known instance_places;
  v_state text := 'same';
BEGIN
  PERFORM pg_advisory_xact_lock(7265636102);
  SELECT * INTO v_known FROM instance_places i WHERE i.id = 1;
  IF v_known.id IS NULL THEN
    v_state := 'new';
  ELSIF v_known.place <> v_place THEN
    v_state := 'restored';
    PERFORM end_all_access();
  ELSIF v_known.timeline IS DISTINCT FROM v_timeline THEN
    v_state := 'timeline';
  END IF;
  IF v_state <> 'same' THEN
    INSERT INTO instance_places (id, place, timeline, settled_at) VALUES (1, v_place, v_timeline, now())
      ON CONFLICT (id) DO UPDATE SET place = excluded.place, timeline = excluded.timeline, settled_at = excluded.settled_at;
  END IF;
  RETURN v_state;
END
$$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION current_place(), current_timeline(), is_settled(), end_all_access(), settle_in() FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION is_settled(), end_all_access(), settle_in() TO rolecall_server;
--> statement-breakpoint
-- An attempt that succeeded is taken back; the others stay counted.
CREATE FUNCTION forgive_throttle(p_key_hash text) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE throttles t SET count = greatest(t.count - 1, 0) WHERE t.key_hash = p_key_hash $$;
--> statement-breakpoint
-- The people who could sign in with this folded userName or e-mail and a password: in one organization, or in whichever. The
-- first are those of the organization that has proven the domain, then those whose userName it is, then the oldest. Of one
-- organization two at most, so that no number of accounts there keeps anybody of another out.
CREATE FUNCTION resolve_password_accounts(p_key text, p_organization_id text)
  RETURNS TABLE (organization_id text, user_id text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH named AS (
    SELECT u.organization_id, u.id, u.created_at, u.user_name_key = p_key AS is_user_name,
      EXISTS (SELECT FROM domains d WHERE d.organization_id = u.organization_id AND d.status = 'verified'
        AND d.name = split_part(p_key, '@', 2)) AS is_home,
      row_number() OVER (PARTITION BY u.organization_id ORDER BY u.user_name_key = p_key DESC, u.created_at, u.id) AS place
    FROM passwords p
    JOIN users u ON u.organization_id = p.organization_id AND u.id = p.user_id
    JOIN organizations o ON o.id = p.organization_id
    WHERE o.status = 'active' AND u.deleted_at IS NULL
      AND (p_organization_id IS NULL OR p.organization_id = p_organization_id)
      AND (p.organization_id, p.user_id) IN (
        SELECT n.organization_id, n.id FROM users n WHERE n.user_name_key = p_key AND n.deleted_at IS NULL
        UNION SELECT e.organization_id, e.user_id FROM user_emails e WHERE e.value_key = p_key))
  SELECT n.organization_id, n.id FROM named n WHERE n.place <= 2
    ORDER BY n.is_home DESC, n.is_user_name DESC, n.created_at, n.organization_id, n.id LIMIT 10 $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION forgive_throttle(text), resolve_password_accounts(text, text) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION forgive_throttle(text), resolve_password_accounts(text, text) TO rolecall_server;
