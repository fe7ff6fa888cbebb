-- How an organization looks to its people before and after they sign in: on pages and in mails. The platform's own row, under the name
-- `platform`, holds for whoever has none.
CREATE TABLE branding (
  organization_id text NOT NULL,
  display_name text,
  accent_light text,
  accent_dark text,
  background_light text,
  background_dark text,
  support_contact text,
  privacy_url text,
  terms_url text,
  help_url text,
  mail_sender_name text,
  language text,
  updated_at timestamp(3) with time zone NOT NULL,
  CONSTRAINT branding_organization_id_pk PRIMARY KEY (organization_id)
);
--> statement-breakpoint
CREATE TABLE logos (
  organization_id text NOT NULL,
  hash text NOT NULL,
  media_type text NOT NULL,
  content text NOT NULL,
  updated_at timestamp(3) with time zone NOT NULL,
  CONSTRAINT logos_organization_id_pk PRIMARY KEY (organization_id),
  CONSTRAINT logos_media_type CHECK (media_type IN ('image/png', 'image/jpeg', 'image/webp'))
);
--> statement-breakpoint
CREATE INDEX logos_hash ON logos (hash);--> statement-breakpoint
ALTER TABLE branding ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE POLICY own_organization ON branding FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id', true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id', true));--> statement-breakpoint
ALTER TABLE logos ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE POLICY own_organization ON logos FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id', true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id', true));--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON branding, logos TO rolecall_server;--> statement-breakpoint
-- Colours go together, since their contrast was checked together: the platform's are taken where the organization has none at all.
CREATE FUNCTION shown_look(p_organization_id text, p_user_id text) RETURNS TABLE(own_name text, platform_name text, accent_light text, accent_dark text,
    background_light text, background_dark text, support_contact text, privacy_url text, terms_url text, help_url text,
    mail_sender_name text, language text, person_language text, person_locale text, logo_hash text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT coalesce(b.display_name, o.name), p.display_name, c.accent_light, c.accent_dark, c.background_light, c.background_dark,
    coalesce(b.support_contact, p.support_contact), coalesce(b.privacy_url, p.privacy_url), coalesce(b.terms_url, p.terms_url),
    coalesce(b.help_url, p.help_url), coalesce(b.mail_sender_name, p.mail_sender_name), coalesce(b.language, p.language),
    u.attributes ->> 'preferredLanguage', u.attributes ->> 'locale',
    coalesce((SELECT l.hash FROM logos l WHERE l.organization_id = p_organization_id),
      (SELECT l.hash FROM logos l WHERE l.organization_id = 'platform'))
  FROM (SELECT) one
    LEFT JOIN organizations o ON o.id = p_organization_id
    LEFT JOIN branding b ON b.organization_id = p_organization_id AND p_organization_id <> 'platform'
    LEFT JOIN users u ON u.organization_id = p_organization_id AND u.id = p_user_id
    LEFT JOIN branding p ON p.organization_id = 'platform'
    LEFT JOIN branding c ON c.organization_id = CASE
      WHEN coalesce(b.accent_light, b.accent_dark, b.background_light, b.background_dark) IS NULL THEN 'platform'
      ELSE b.organization_id END $$;
--> statement-breakpoint
CREATE FUNCTION logo_by_hash(p_hash text) RETURNS TABLE(media_type text, content text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT l.media_type, l.content FROM logos l WHERE l.hash = p_hash LIMIT 1 $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION shown_look(text, text) FROM PUBLIC;--> statement-breakpoint
REVOKE ALL ON FUNCTION logo_by_hash(text) FROM PUBLIC;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION shown_look(text, text) TO rolecall_server;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION logo_by_hash(text) TO rolecall_server;--> statement-breakpoint
DO $do$ BEGIN
  COMMENT ON TABLE branding IS 'What an organization shows of itself on pages and in mails; the row platform holds where it shows nothing.';
  COMMENT ON TABLE logos IS 'The picture of an organization, base64, as written anew from what was uploaded; public by its hash.';
  COMMENT ON FUNCTION shown_look(text, text) IS 'How pages and mails of an organization look, with what the platform says where it says nothing, and the languages of the person who looks.';
  COMMENT ON FUNCTION logo_by_hash(text) IS 'A logo by the hash of its bytes, for whoever has seen a page with it.';
END $do$;
