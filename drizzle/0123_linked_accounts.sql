-- Accounts that one human has in several organizations, joined by themselves. It stands above the organizations: no transaction of one
-- sees a row, and the functions below answer to whoever holds a live session, and about that session alone.
CREATE TABLE platform_account_links (
  first_organization_id text NOT NULL,
  first_user_id text NOT NULL,
  second_organization_id text NOT NULL,
  second_user_id text NOT NULL,
  linked_at timestamp(3) with time zone NOT NULL,
  CONSTRAINT platform_account_links_pk PRIMARY KEY (first_user_id, second_user_id),
  CONSTRAINT platform_account_links_order CHECK (first_user_id < second_user_id),
  CONSTRAINT platform_account_links_apart CHECK (first_organization_id <> second_organization_id),
  CONSTRAINT platform_account_links_first FOREIGN KEY (first_organization_id, first_user_id)
    REFERENCES users(organization_id, id) ON DELETE CASCADE,
  CONSTRAINT platform_account_links_second FOREIGN KEY (second_organization_id, second_user_id)
    REFERENCES users(organization_id, id) ON DELETE CASCADE
);
--> statement-breakpoint
CREATE INDEX platform_account_links_first_user ON platform_account_links (first_organization_id, first_user_id);--> statement-breakpoint
CREATE INDEX platform_account_links_second_user ON platform_account_links (second_organization_id, second_user_id);--> statement-breakpoint
ALTER TABLE platform_account_links ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE POLICY platform_only ON platform_account_links FOR ALL TO rolecall_server
  USING (current_setting('rolecall.instance', true) = 'on') WITH CHECK (current_setting('rolecall.instance', true) = 'on');--> statement-breakpoint
GRANT SELECT ON platform_account_links TO rolecall_server;--> statement-breakpoint
ALTER TABLE organizations ADD COLUMN linked_sign_in text DEFAULT 'own' NOT NULL
  CONSTRAINT organizations_linked_sign_in CHECK (linked_sign_in IN ('own', 'accepted'));--> statement-breakpoint
ALTER TABLE history.organizations ADD COLUMN linked_sign_in text DEFAULT 'own' NOT NULL;--> statement-breakpoint
SELECT history.keep('organizations', ARRAY['slug', 'name', 'status', 'administrator_brand_access', 'role_strategy'], ARRAY['id']);
--> statement-breakpoint
-- Of two sessions in one browser, each proven lately: neither an emergency account's.
CREATE FUNCTION link_accounts(p_token_hash text, p_other_token_hash text, p_minutes integer) RETURNS text
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_one record;
  v_other record;
  v_since timestamptz := now() - make_interval(mins => p_minutes);
BEGIN
  SELECT s.* INTO v_one FROM live_sessions s WHERE s.token_hash = p_token_hash;
  SELECT s.* INTO v_other FROM live_sessions s WHERE s.token_hash = p_other_token_hash;
  IF v_one.id IS NULL OR v_other.id IS NULL OR v_one.organization_id = v_other.organization_id
    OR 'emergency' IN (v_one.method, v_other.method) THEN RETURN 'refused'; END IF;
  IF EXISTS (SELECT FROM emergency_accounts e WHERE e.user_id IN (v_one.user_id, v_other.user_id)) THEN RETURN 'refused'; END IF;
  IF v_one.authenticated_at <= v_since THEN RETURN 'stale'; END IF;
  IF v_other.authenticated_at <= v_since THEN RETURN 'other_stale'; END IF;
  IF v_one.user_id < v_other.user_id THEN
    INSERT INTO platform_account_links VALUES (v_one.organization_id, v_one.user_id, v_other.organization_id, v_other.user_id, now())
      ON CONFLICT DO NOTHING;
  ELSE
    INSERT INTO platform_account_links VALUES (v_other.organization_id, v_other.user_id, v_one.organization_id, v_one.user_id, now())
      ON CONFLICT DO NOTHING;
  END IF;
  RETURN 'linked';
END $$;
--> statement-breakpoint
-- The accounts that the one of this session is linked with, whose people may come in at all. is_accepted: whether the organization takes
-- this session for a sign-in of its own, as far as it is not for the server to say: a local one with a second factor, newer than the
-- last time that somebody ended the person's sessions there, where no provider is enforced.
CREATE FUNCTION linked_accounts(p_token_hash text) RETURNS TABLE(organization_id text, slug text, organization_name text, user_id text,
    user_name text, is_accepted boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT u.organization_id, o.slug, o.name, u.id, coalesce(u.display_name, u.user_name),
      o.linked_sign_in = 'accepted' AND s.method IN ('password', 'passkey') AND s.has_second_factor
        AND NOT EXISTS (SELECT FROM connections c WHERE c.organization_id = o.id AND c.status = 'enforced')
        AND NOT EXISTS (SELECT FROM sessions e WHERE e.organization_id = u.organization_id AND e.user_id = u.id
          AND e.end_reason IN ('revoked', 'password_changed') AND e.ended_at >= s.authenticated_at)
    FROM live_sessions s
    JOIN platform_account_links l ON (l.first_organization_id, l.first_user_id) = (s.organization_id, s.user_id)
      OR (l.second_organization_id, l.second_user_id) = (s.organization_id, s.user_id)
    JOIN users u ON (u.organization_id, u.id) = (CASE WHEN l.first_user_id = s.user_id THEN l.second_organization_id
        ELSE l.first_organization_id END, CASE WHEN l.first_user_id = s.user_id THEN l.second_user_id ELSE l.first_user_id END)
      AND u.status = 'active' AND u.deleted_at IS NULL
    JOIN organizations o ON o.id = u.organization_id AND o.status = 'active'
    WHERE s.token_hash = p_token_hash ORDER BY o.name, o.id $$;
--> statement-breakpoint
CREATE FUNCTION unlink_accounts(p_token_hash text, p_user_id text) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  DELETE FROM platform_account_links l USING live_sessions s WHERE s.token_hash = p_token_hash
    AND ((l.first_user_id = s.user_id AND l.second_user_id = p_user_id)
      OR (l.second_user_id = s.user_id AND l.first_user_id = p_user_id));
  RETURN FOUND;
END $$;
--> statement-breakpoint
-- A link is made of two proofs. Whatever changes what one of them is made of, whoever does it, ends the link: it is made anew by the
-- person, or not at all. So does a deactivation, and nothing that comes back brings it back.
CREATE FUNCTION end_account_links() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_row jsonb := to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END);
  v_organization_id text := v_row ->> 'organization_id';
  v_user_id text := coalesce(v_row ->> 'user_id', v_row ->> 'id');
BEGIN
  DELETE FROM platform_account_links l WHERE (l.first_organization_id, l.first_user_id) = (v_organization_id, v_user_id)
    OR (l.second_organization_id, l.second_user_id) = (v_organization_id, v_user_id);
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER end_account_links AFTER UPDATE OF epoch ON users FOR EACH ROW
  WHEN (NEW.epoch <> OLD.epoch) EXECUTE FUNCTION end_account_links();--> statement-breakpoint
CREATE TRIGGER end_account_links AFTER INSERT OR DELETE OR UPDATE OF changed_at ON passwords FOR EACH ROW
  EXECUTE FUNCTION end_account_links();--> statement-breakpoint
CREATE TRIGGER end_account_links AFTER INSERT OR DELETE OR UPDATE OF confirmed_at ON totp_factors FOR EACH ROW
  EXECUTE FUNCTION end_account_links();--> statement-breakpoint
CREATE TRIGGER end_account_links AFTER INSERT OR DELETE ON passkeys FOR EACH ROW
  EXECUTE FUNCTION end_account_links();--> statement-breakpoint
REVOKE ALL ON FUNCTION link_accounts(text, text, integer) FROM PUBLIC;--> statement-breakpoint
REVOKE ALL ON FUNCTION linked_accounts(text) FROM PUBLIC;--> statement-breakpoint
REVOKE ALL ON FUNCTION unlink_accounts(text, text) FROM PUBLIC;--> statement-breakpoint
REVOKE ALL ON FUNCTION end_account_links() FROM PUBLIC;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION link_accounts(text, text, integer) TO rolecall_server;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION linked_accounts(text) TO rolecall_server;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION unlink_accounts(text, text) TO rolecall_server;--> statement-breakpoint
DO $do$ BEGIN
  COMMENT ON TABLE platform_account_links IS 'Accounts of one human in several organizations, each pair joined by a proof in both. No organization sees it.';
  COMMENT ON COLUMN organizations.linked_sign_in IS 'Whether a local sign-in with a second factor at another organization, of a linked account, is taken for one here.';
  COMMENT ON FUNCTION link_accounts(text, text, integer) IS 'Links the accounts of two live sessions that were proven within so many minutes: linked, stale, other_stale or refused.';
  COMMENT ON FUNCTION linked_accounts(text) IS 'The accounts that the one of a live session is linked with, and which of them it may be switched to.';
  COMMENT ON FUNCTION unlink_accounts(text, text) IS 'Ends a link of the account of a live session.';
  COMMENT ON FUNCTION end_account_links() IS 'Ends the links of somebody who is deactivated, or whose password, authenticator or passkeys change.';
END $do$;
