-- Who something belongs to, before any organization is entered: by an id that is public and says nothing else, or by the
-- hash of a secret that only its holder knows.
CREATE FUNCTION resolve_connection(p_connection_id text) RETURNS TABLE (organization_id text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
  AS $$ SELECT c.organization_id FROM connections c JOIN organizations o ON o.id = c.organization_id
        WHERE c.id = p_connection_id AND o.status = 'active' $$;
--> statement-breakpoint
CREATE FUNCTION resolve_application(p_application_id text) RETURNS TABLE (organization_id text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
  AS $$ SELECT a.organization_id FROM applications a JOIN organizations o ON o.id = a.organization_id
        WHERE a.id = p_application_id AND o.status = 'active' $$;
--> statement-breakpoint
-- Home realm discovery: which organization has proven the domain. That much may be known of a domain; of a person nothing.
CREATE FUNCTION resolve_domain(p_name text) RETURNS TABLE (organization_id text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
  AS $$ SELECT d.organization_id FROM domains d JOIN organizations o ON o.id = d.organization_id
        WHERE d.name = p_name AND d.status = 'verified' AND o.status = 'active' $$;
--> statement-breakpoint
CREATE FUNCTION resolve_organization(p_slug text) RETURNS TABLE (organization_id text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
  AS $$ SELECT o.id FROM organizations o WHERE o.slug = p_slug AND o.status = 'active' $$;
--> statement-breakpoint
-- The people who could sign in with this folded userName or e-mail and a password, in whichever organization.
CREATE FUNCTION resolve_password_accounts(p_key text) RETURNS TABLE (organization_id text, user_id text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
  AS $$ SELECT p.organization_id, p.user_id FROM passwords p
        JOIN users u ON u.organization_id = p.organization_id AND u.id = p.user_id
        JOIN organizations o ON o.id = p.organization_id
        WHERE o.status = 'active' AND u.deleted_at IS NULL AND (p.organization_id, p.user_id) IN (
          SELECT n.organization_id, n.id FROM users n WHERE n.user_name_key = p_key AND n.deleted_at IS NULL
          UNION SELECT e.organization_id, e.user_id FROM user_emails e WHERE e.value_key = p_key)
        ORDER BY 1, 2 LIMIT 5 $$;
--> statement-breakpoint
CREATE INDEX users_user_name_anywhere ON users (user_name_key) WHERE deleted_at IS NULL;
--> statement-breakpoint
CREATE INDEX user_emails_anywhere ON user_emails (value_key);
--> statement-breakpoint
CREATE FUNCTION resolve_passkey(p_credential_id text) RETURNS TABLE (organization_id text, user_id text, passkey_id text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
  AS $$ SELECT k.organization_id, k.user_id, k.id FROM passkeys k JOIN organizations o ON o.id = k.organization_id
        WHERE k.credential_id = p_credential_id AND o.status = 'active' $$;
--> statement-breakpoint
CREATE FUNCTION resolve_password_reset(p_token_hash text) RETURNS TABLE (organization_id text, user_id text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
  AS $$ SELECT r.organization_id, r.user_id FROM password_resets r WHERE r.token_hash = p_token_hash $$;
--> statement-breakpoint
CREATE FUNCTION resolve_invitation(p_token_hash text) RETURNS TABLE (organization_id text, invitation_id text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
  AS $$ SELECT i.organization_id, i.id FROM invitations i WHERE i.token_hash = p_token_hash $$;
--> statement-breakpoint
CREATE FUNCTION resolve_sign_in_request(p_state_hash text) RETURNS TABLE (organization_id text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
  AS $$ SELECT r.organization_id FROM sign_in_requests r WHERE r.state_hash = p_state_hash $$;
--> statement-breakpoint
-- The sessions that open something: not ended, within their times, of a person who is active under the epoch that they began
-- in, in an active organization. The clock is the database's, so that nodes cannot disagree.
CREATE VIEW live_sessions WITH (security_invoker = true) AS
SELECT s.* FROM sessions s
JOIN users u ON u.organization_id = s.organization_id AND u.id = s.user_id
JOIN organizations o ON o.id = s.organization_id
WHERE s.ended_at IS NULL AND s.expires_at > now() AND s.idle_expires_at > now()
  AND u.status = 'active' AND u.deleted_at IS NULL AND u.epoch = s.epoch AND o.status = 'active';
--> statement-breakpoint
-- Whose session this is, if it is live: one look-up by an indexed hash reads session, user and organization.
CREATE FUNCTION resolve_session(p_token_hash text)
  RETURNS TABLE (organization_id text, session_id text, user_id text, method text, connection_id text,
    has_second_factor boolean, authenticated_at timestamptz, last_seen_at timestamptz, idle_expires_at timestamptz,
    expires_at timestamptz)
  LANGUAGE plpgsql STABLE SECURITY DEFINER AS $$
BEGIN
  RETURN QUERY SELECT s.organization_id, s.id, s.user_id, s.method, s.connection_id, s.has_second_factor,
      s.authenticated_at::timestamptz, s.last_seen_at::timestamptz, s.idle_expires_at::timestamptz, s.expires_at::timestamptz
    FROM public.live_sessions s WHERE s.token_hash = p_token_hash;
END
$$;
--> statement-breakpoint
-- The entry of a transaction of a person in a browser: refuses (RC401) a session that is not live.
CREATE FUNCTION enter_session(p_organization_id text, p_token_hash text) RETURNS text
  LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  PERFORM pg_catalog.set_config('rolecall.organization_id', p_organization_id, true);
  PERFORM FROM public.live_sessions s WHERE s.token_hash = p_token_hash AND s.organization_id = p_organization_id;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'session refused' USING ERRCODE = 'RC401';
  END IF;
  RETURN p_organization_id;
END
$$;
--> statement-breakpoint
-- However a session ends, what was issued under it dies in the same transaction, and the applications that it was used for
-- are told (OpenID Connect Back-Channel Logout 1.0).
CREATE FUNCTION close_session() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  DELETE FROM provider_artifacts p WHERE p.session_id = NEW.id;
  INSERT INTO application_logouts (organization_id, id, application_id, user_id, session_id, status, next_attempt_at, created_at)
    SELECT NEW.organization_id, 'lgo_' || replace(gen_random_uuid()::text, '-', ''), x.application_id, NEW.user_id, NEW.id,
      'queued', now(), now()
    FROM application_sessions x JOIN applications a ON a.organization_id = x.organization_id AND a.id = x.application_id
    WHERE x.organization_id = NEW.organization_id AND x.session_id = NEW.id AND a.backchannel_logout_uri IS NOT NULL;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER close_session AFTER UPDATE OF ended_at ON sessions
  FOR EACH ROW WHEN (OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL) EXECUTE FUNCTION close_session();
--> statement-breakpoint
-- A suspended organization's sessions end, and do not come back with it.
CREATE FUNCTION close_organization() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE sessions s SET ended_at = now(), end_reason = 'organization_suspended'
    WHERE s.organization_id = NEW.id AND s.ended_at IS NULL;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER close_organization AFTER UPDATE OF status ON organizations
  FOR EACH ROW WHEN (OLD.status = 'active' AND NEW.status <> 'active') EXECUTE FUNCTION close_organization();
--> statement-breakpoint
-- When a session runs out by itself: the worker looks for those that have, every second.
CREATE INDEX sessions_running_out ON sessions (least(expires_at, idle_expires_at)) WHERE ended_at IS NULL;
--> statement-breakpoint
CREATE INDEX provider_artifacts_session ON provider_artifacts (session_id) WHERE session_id IS NOT NULL;
--> statement-breakpoint
-- The OpenID provider's storage. Ids are secrets of 256 bits or more and arrive hashed, so knowing one is the right to it.
CREATE FUNCTION put_provider_artifact(p_model text, p_id_hash text, p_organization_id text, p_user_id text,
    p_session_id text, p_grant_id text, p_payload text, p_seconds integer) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  INSERT INTO provider_artifacts (model, id_hash, organization_id, user_id, session_id, grant_id, payload, expires_at)
    VALUES (p_model, p_id_hash, p_organization_id, p_user_id, p_session_id, p_grant_id, p_payload::jsonb,
      now() + make_interval(secs => p_seconds))
    ON CONFLICT (model, id_hash) DO UPDATE SET organization_id = excluded.organization_id, user_id = excluded.user_id,
      session_id = excluded.session_id, grant_id = excluded.grant_id, payload = excluded.payload,
      expires_at = excluded.expires_at $$;
--> statement-breakpoint
-- What was issued under a session is found only while the session lives: ended, run out, or its person or organization
-- switched off, the very next look-up finds nothing, on whichever node.
CREATE FUNCTION find_provider_artifact(p_model text, p_id_hash text)
  RETURNS TABLE (payload jsonb, consumed_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT p.payload, p.consumed_at::timestamptz FROM provider_artifacts p
    WHERE p.model = p_model AND p.id_hash = p_id_hash AND (p.expires_at IS NULL OR p.expires_at > now())
      AND (p.session_id IS NULL OR EXISTS (
        SELECT FROM live_sessions s WHERE s.organization_id = p.organization_id AND s.id = p.session_id)) $$;
--> statement-breakpoint
CREATE FUNCTION consume_provider_artifact(p_model text, p_id_hash text) RETURNS boolean
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH consumed AS (UPDATE provider_artifacts p SET consumed_at = now()
    WHERE p.model = p_model AND p.id_hash = p_id_hash AND p.consumed_at IS NULL RETURNING 1)
  SELECT EXISTS (SELECT FROM consumed) $$;
--> statement-breakpoint
CREATE FUNCTION drop_provider_artifact(p_model text, p_id_hash text) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  DELETE FROM provider_artifacts p WHERE p.model = p_model AND p.id_hash = p_id_hash $$;
--> statement-breakpoint
CREATE FUNCTION drop_provider_grant(p_grant_id text) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  DELETE FROM provider_artifacts p WHERE p.grant_id = p_grant_id $$;
--> statement-breakpoint
-- What was issued to an application; its organization's to take back.
CREATE FUNCTION drop_provider_artifacts_of_application(p_organization_id text, p_application_id text) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  DELETE FROM provider_artifacts p WHERE p.organization_id = p_organization_id
    AND p.payload ->> 'clientId' = p_application_id
    AND p_organization_id = current_setting('rolecall.organization_id', true) $$;
--> statement-breakpoint
-- Everything that host applications hold for a person; part of the one door out.
CREATE FUNCTION drop_provider_artifacts_of(p_organization_id text, p_user_id text) RETURNS TABLE (closed integer)
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  DELETE FROM provider_artifacts p WHERE p.organization_id = p_organization_id AND p.user_id = p_user_id
    AND p_organization_id = current_setting('rolecall.organization_id', true) RETURNING 1 $$;
--> statement-breakpoint
-- Counts an attempt. Answers 0 where it is within the limit, or the seconds to wait.
CREATE FUNCTION throttle(p_key_hash text, p_limit integer, p_window_seconds integer) RETURNS integer
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH counted AS (
    INSERT INTO throttles AS t (key_hash, count, window_ends_at)
      VALUES (p_key_hash, 1, now() + make_interval(secs => p_window_seconds))
      ON CONFLICT (key_hash) DO UPDATE SET
        count = CASE WHEN t.window_ends_at <= now() THEN 1 ELSE t.count + 1 END,
        window_ends_at = CASE WHEN t.window_ends_at <= now() THEN excluded.window_ends_at ELSE t.window_ends_at END
      RETURNING t.count, t.window_ends_at)
  SELECT CASE WHEN count <= p_limit THEN 0 ELSE greatest(1, ceil(extract(epoch FROM window_ends_at - now())))::integer END
    FROM counted $$;
--> statement-breakpoint
CREATE FUNCTION clear_throttle(p_key_hash text) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  DELETE FROM throttles t WHERE t.key_hash = p_key_hash $$;
--> statement-breakpoint
-- Which organizations have something for the background worker to do. It then enters them one by one.
CREATE FUNCTION organizations_with_work() RETURNS TABLE (organization_id text, kind text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT DISTINCT m.organization_id, 'mail' FROM mails m WHERE m.status = 'queued' AND m.next_attempt_at <= now()
  UNION ALL
  SELECT DISTINCT l.organization_id, 'logout' FROM application_logouts l WHERE l.status = 'queued' AND l.next_attempt_at <= now()
  UNION ALL
  SELECT DISTINCT s.organization_id, 'sessions' FROM sessions s
    WHERE s.ended_at IS NULL AND least(s.expires_at, s.idle_expires_at) <= now()
  UNION ALL
  SELECT DISTINCT d.organization_id, 'domain' FROM domains d
    WHERE d.verified_by IS DISTINCT FROM 'operator' AND (d.checked_at IS NULL OR d.checked_at <= now() - CASE
      WHEN d.status = 'pending' THEN interval '5 minutes' ELSE interval '12 hours' END)
  UNION ALL
  SELECT DISTINCT c.organization_id, 'metadata' FROM connections c
    WHERE c.type = 'saml' AND c.status <> 'disabled' AND c.settings ->> 'metadataUrl' IS NOT NULL
      AND (c.refreshed_at IS NULL OR c.refreshed_at <= now() - interval '6 hours') $$;
--> statement-breakpoint
-- What has run out and means nothing any more. An assertion's id stays until its time has passed everywhere.
CREATE FUNCTION sweep_expired() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  DELETE FROM sign_in_requests r WHERE r.expires_at < now() - interval '1 hour';
  DELETE FROM used_messages m WHERE m.expires_at < now();
  DELETE FROM provider_artifacts p WHERE p.expires_at < now();
  DELETE FROM throttles t WHERE t.window_ends_at < now();
  DELETE FROM password_resets r WHERE r.expires_at < now() - interval '1 day' $$;
--> statement-breakpoint
GRANT SELECT ON live_sessions TO rolecall_server;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON connections, domains, identities, connection_groups, sign_in_requests,
  used_messages, sign_in_attempts, sessions, passwords, totp_factors, passkeys, recovery_codes, password_resets,
  emergency_accounts, invitations, mails, applications, application_logouts, application_sessions TO rolecall_server;
--> statement-breakpoint
CREATE POLICY sealed_anyway ON instance_keys FOR ALL TO rolecall_server USING (true) WITH CHECK (true);
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON instance_keys TO rolecall_server;
--> statement-breakpoint
REVOKE ALL ON FUNCTION resolve_connection(text), resolve_application(text), resolve_domain(text), resolve_organization(text),
  resolve_password_accounts(text), resolve_passkey(text), resolve_password_reset(text), resolve_invitation(text),
  resolve_sign_in_request(text), resolve_session(text), enter_session(text, text),
  put_provider_artifact(text, text, text, text, text, text, text, integer), find_provider_artifact(text, text),
  consume_provider_artifact(text, text), drop_provider_artifact(text, text),
  drop_provider_grant(text), drop_provider_artifacts_of(text, text), drop_provider_artifacts_of_application(text, text), throttle(text, integer, integer), clear_throttle(text),
  organizations_with_work(), sweep_expired() FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION resolve_connection(text), resolve_application(text), resolve_domain(text), resolve_organization(text),
  resolve_password_accounts(text), resolve_passkey(text), resolve_password_reset(text), resolve_invitation(text),
  resolve_sign_in_request(text), resolve_session(text), enter_session(text, text),
  put_provider_artifact(text, text, text, text, text, text, text, integer), find_provider_artifact(text, text),
  consume_provider_artifact(text, text), drop_provider_artifact(text, text),
  drop_provider_grant(text), drop_provider_artifacts_of(text, text), drop_provider_artifacts_of_application(text, text), throttle(text, integer, integer), clear_throttle(text),
  organizations_with_work(), sweep_expired() TO rolecall_server;
