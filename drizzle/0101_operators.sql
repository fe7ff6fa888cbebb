-- People who run the installation: of one organization, which is theirs to be administered in as any other. What they do above the
-- organizations, they do in transactions that prove their session and that they are operators still.
CREATE TABLE platform_operators (
  user_id text NOT NULL,
  organization_id text NOT NULL,
  name text NOT NULL,
  role text NOT NULL,
  added_at timestamp(3) with time zone NOT NULL,
  added_by text NOT NULL,
  CONSTRAINT platform_operators_user_id_pk PRIMARY KEY (user_id),
  CONSTRAINT platform_operators_organization_id_user_id_users_organization_id_id_fk FOREIGN KEY (organization_id, user_id)
    REFERENCES users(organization_id, id) ON DELETE CASCADE,
  CONSTRAINT platform_operators_role CHECK (role IN ('reader', 'administrator'))
);
--> statement-breakpoint
ALTER TABLE platform_operators ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE POLICY platform_only ON platform_operators FOR ALL TO rolecall_server
  USING (current_setting('rolecall.instance', true) = 'on') WITH CHECK (current_setting('rolecall.instance', true) = 'on');--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON platform_operators TO rolecall_server;--> statement-breakpoint
CREATE FUNCTION operator_of(p_organization_id text, p_user_id text) RETURNS TABLE(name text, role text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT o.name, o.role FROM platform_operators o JOIN users u ON u.organization_id = o.organization_id AND u.id = o.user_id
    WHERE o.organization_id = p_organization_id AND o.user_id = p_user_id AND u.status = 'active' AND u.deleted_at IS NULL $$;
--> statement-breakpoint
CREATE FUNCTION enter_operator(p_organization_id text, p_user_id text, p_token_hash text) RETURNS text
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM enter_session(p_organization_id, p_token_hash);
  PERFORM FROM live_sessions s JOIN platform_operators o ON o.organization_id = s.organization_id AND o.user_id = s.user_id
    WHERE s.token_hash = p_token_hash AND s.organization_id = p_organization_id AND s.user_id = p_user_id;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'operator refused' USING ERRCODE = 'RC401';
  END IF;
  PERFORM set_config('rolecall.instance', 'on', true);
  PERFORM set_config('rolecall.organization_id', 'platform', true);
  RETURN 'platform';
END $$;
--> statement-breakpoint
-- How organizations do, for those who run the installation: counts and times alone.
CREATE FUNCTION organization_health(p_ids text[]) RETURNS TABLE(organization_id text, active bigint, synchronised_at timestamptz,
    signed_in_at timestamptz, refused bigint, unsent bigint, waiting bigint, faults text[])
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH health AS MATERIALIZED (SELECT h.organization, h.fault FROM installation_health() h)
  SELECT o.id,
    (SELECT coalesce(sum(c.people), 0) FROM people_counts c WHERE c.organization_id = o.id AND c.status = 'active'),
    (SELECT max(d.last_request_at) FROM directory_activity d WHERE d.organization_id = o.id),
    (SELECT max(s.authenticated_at) FROM sessions s WHERE s.organization_id = o.id),
    (SELECT coalesce(sum(coalesce(a.count, 1)), 0) FROM sign_in_attempts a WHERE a.organization_id = o.id
      AND a.occurred_at > now() - interval '1 day' AND a.outcome <> 'signed_in'),
    (SELECT count(*) FROM mails m WHERE m.organization_id = o.id AND m.last_error IS NOT NULL AND (m.status = 'queued'
      OR m.status = 'failed' AND m.created_at > now() - interval '1 day')),
    (SELECT count(*) FROM application_logouts l WHERE l.organization_id = o.id AND l.last_error IS NOT NULL AND l.status <> 'sent'
      AND l.created_at > now() - interval '1 day'),
    ARRAY(SELECT DISTINCT h.fault FROM health h WHERE h.organization = o.slug ORDER BY 1)
  FROM organizations o WHERE o.id = ANY (p_ids) AND current_setting('rolecall.instance', true) = 'on' $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION operator_of(text, text) FROM PUBLIC;--> statement-breakpoint
REVOKE ALL ON FUNCTION enter_operator(text, text, text) FROM PUBLIC;--> statement-breakpoint
REVOKE ALL ON FUNCTION organization_health(text[]) FROM PUBLIC;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION operator_of(text, text) TO rolecall_server;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION enter_operator(text, text, text) TO rolecall_server;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION organization_health(text[]) TO rolecall_server;--> statement-breakpoint
DO $do$ BEGIN
  COMMENT ON TABLE platform_operators IS 'People who run the installation, and whether they may change anything (administrator) or look (reader).';
  COMMENT ON FUNCTION operator_of(text, text) IS 'Whether somebody active runs the installation.';
  COMMENT ON FUNCTION enter_operator(text, text, text) IS 'The entry of an operator above the organizations: refuses (RC401) a session that is not live, and somebody who is no operator any more.';
  COMMENT ON FUNCTION organization_health(text[]) IS 'How organizations do, for those who run the installation: counts and times alone.';
END $do$;
