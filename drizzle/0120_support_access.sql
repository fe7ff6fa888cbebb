-- Support access: an operator inside of an organization's console, where the organization lets them in, for a time that ends.
CREATE TABLE support_consents (
  organization_id text NOT NULL CONSTRAINT support_consents_organization_id_organizations_id_fk
    REFERENCES organizations(id) ON DELETE CASCADE,
  mode text NOT NULL,
  may_write boolean DEFAULT false NOT NULL,
  open_until timestamp(3) with time zone,
  CONSTRAINT support_consents_organization_id_pk PRIMARY KEY (organization_id),
  CONSTRAINT support_consents_mode CHECK (mode IN ('never', 'on_request', 'open')),
  CONSTRAINT support_consents_open CHECK ((mode = 'open') = (open_until IS NOT NULL))
);
--> statement-breakpoint
CREATE TABLE support_accesses (
  organization_id text NOT NULL CONSTRAINT support_accesses_organization_id_organizations_id_fk
    REFERENCES organizations(id) ON DELETE CASCADE,
  id text NOT NULL,
  operator_id text NOT NULL,
  operator_name text NOT NULL,
  reason text NOT NULL,
  minutes integer NOT NULL,
  wants_write boolean NOT NULL,
  may_write boolean DEFAULT false NOT NULL,
  status text NOT NULL,
  requested_at timestamp(3) with time zone NOT NULL,
  decided_at timestamp(3) with time zone,
  decided_by text,
  session_id text,
  entered_at timestamp(3) with time zone,
  ends_at timestamp(3) with time zone,
  ended_at timestamp(3) with time zone,
  ended_by text,
  CONSTRAINT support_accesses_organization_id_id_pk PRIMARY KEY (organization_id, id),
  CONSTRAINT support_accesses_status CHECK (status IN ('requested', 'granted', 'refused', 'entered', 'ended'))
);
--> statement-breakpoint
CREATE UNIQUE INDEX support_accesses_id ON support_accesses (id);--> statement-breakpoint
CREATE INDEX support_accesses_operator ON support_accesses (operator_id);--> statement-breakpoint
ALTER TABLE support_consents ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE POLICY own_organization ON support_consents FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id', true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id', true));--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON support_consents TO rolecall_server;--> statement-breakpoint
ALTER TABLE support_accesses ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE POLICY own_organization ON support_accesses FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id', true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id', true));--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON support_accesses TO rolecall_server;--> statement-breakpoint
-- Live: entered and not over, in the session that entered, which lives itself, of somebody who still runs the installation, and where
-- the organization has not taken its word back.
CREATE FUNCTION live_supports(p_organization_id text) RETURNS TABLE(id text, organization_id text, operator_id text, operator_name text,
    may_write boolean, entered_at timestamptz, ends_at timestamptz, token_hash text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT a.id, a.organization_id, a.operator_id, a.operator_name, a.may_write, a.entered_at, a.ends_at, s.token_hash
    FROM support_accesses a
    JOIN organizations o ON o.id = a.organization_id AND o.status = 'active'
    JOIN support_consents c ON c.organization_id = a.organization_id AND c.mode <> 'never'
    JOIN platform_operators p ON p.user_id = a.operator_id AND p.role = 'administrator'
    JOIN live_sessions s ON s.organization_id = p.organization_id AND s.user_id = p.user_id AND s.id = a.session_id
    WHERE a.organization_id = p_organization_id AND a.status = 'entered' AND a.ends_at > now() $$;
--> statement-breakpoint
-- Who is in here now, for a transaction of the organization; the session stays the platform's.
CREATE FUNCTION current_supports(p_organization_id text) RETURNS TABLE(id text, operator_name text, may_write boolean, entered_at timestamptz,
    ends_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT l.id, l.operator_name, l.may_write, l.entered_at, l.ends_at FROM live_supports(p_organization_id) l
    WHERE p_organization_id = current_setting('rolecall.organization_id', true) ORDER BY l.entered_at, l.id $$;
--> statement-breakpoint
-- The support access that a session is in; no row where it is over, or another session's.
CREATE FUNCTION entered_support(p_id text, p_token_hash text) RETURNS TABLE(id text, organization_id text, operator_name text,
    may_write boolean, ends_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT l.id, l.organization_id, l.operator_name, l.may_write, l.ends_at
    FROM support_accesses a CROSS JOIN LATERAL live_supports(a.organization_id) l
    WHERE a.id = p_id AND l.id = a.id AND l.token_hash = p_token_hash $$;
--> statement-breakpoint
CREATE FUNCTION enter_support(p_id text, p_token_hash text) RETURNS text
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_organization_id text;
BEGIN
  SELECT e.organization_id INTO v_organization_id FROM entered_support(p_id, p_token_hash) e;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'support refused' USING ERRCODE = 'RC401';
  END IF;
  PERFORM set_config('rolecall.support', p_id, true);
  PERFORM set_config('rolecall.organization_id', v_organization_id, true);
  RETURN v_organization_id;
END $$;
--> statement-breakpoint
-- Nothing is changed without a row of the trail, and none is written by a support access that may only read, but on itself.
CREATE FUNCTION refuse_support_write() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.action LIKE 'support.%' THEN RETURN NEW; END IF;
  PERFORM FROM support_accesses a WHERE a.id = current_setting('rolecall.support', true)
    AND a.organization_id = NEW.organization_id AND a.may_write;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'support reads only' USING ERRCODE = 'RC403';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER refuse_support_write BEFORE INSERT ON audit_events FOR EACH ROW
  WHEN (current_setting('rolecall.support', true) <> '') EXECUTE FUNCTION refuse_support_write();
--> statement-breakpoint
-- No name stays of an operator who is erased, and what they were in is over.
CREATE OR REPLACE FUNCTION forget_operator() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  DELETE FROM platform_operators o WHERE o.user_id = NEW.id AND o.organization_id = NEW.organization_id;
  UPDATE support_accesses a SET operator_name = 'Somebody who was erased' WHERE a.operator_id = NEW.id;
  RETURN NULL;
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION live_supports(text) FROM PUBLIC;--> statement-breakpoint
REVOKE ALL ON FUNCTION current_supports(text) FROM PUBLIC;--> statement-breakpoint
REVOKE ALL ON FUNCTION entered_support(text, text) FROM PUBLIC;--> statement-breakpoint
REVOKE ALL ON FUNCTION enter_support(text, text) FROM PUBLIC;--> statement-breakpoint
REVOKE ALL ON FUNCTION refuse_support_write() FROM PUBLIC;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION current_supports(text) TO rolecall_server;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION entered_support(text, text) TO rolecall_server;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION enter_support(text, text) TO rolecall_server;--> statement-breakpoint
DO $do$ BEGIN
  COMMENT ON TABLE support_consents IS 'Whether operators may come into the console of the organization: never (as without a row), each time on request, or until a time.';
  COMMENT ON TABLE support_accesses IS 'Operators who asked to come in, and what became of it. Which of them are in now, live_supports says.';
  COMMENT ON FUNCTION live_supports(text) IS 'Which operators are in an organization''s console now. For functions of ours only.';
  COMMENT ON FUNCTION current_supports(text) IS 'Which operators are in the console now, for a transaction of the organization.';
  COMMENT ON FUNCTION entered_support(text, text) IS 'The support access that a session is in, if it still is.';
  COMMENT ON FUNCTION enter_support(text, text) IS 'The entry of an operator in an organization''s console: refuses (RC401) what has ended, whatever ended it.';
  COMMENT ON FUNCTION refuse_support_write() IS 'Refuses (RC403) changes of a support access that may only read.';
  COMMENT ON FUNCTION forget_operator() IS 'Somebody who is erased is no operator any more, and no name of theirs stays.';
END $do$;
