-- The schema of the database as it stands after all migrations, by subject: written by npm run schemas, checked by npm
-- run schemas:check.
-- It is there to be read. What makes and changes the schema are the migrations in drizzle/; the comments are those that
-- the database has of its objects.
-- The owner may do everything; the server works as rolecall_server, which row-level security holds. Of functions and
-- tables it is said what everybody else may do with them. Left out: what belongs to extensions, and the schemas of
-- libraries (drizzle keeps there which migrations were applied).

CREATE EXTENSION pg_trgm;
GRANT USAGE ON SCHEMA public TO PUBLIC;
GRANT USAGE ON SCHEMA public TO rolecall_server;

-- =====================================================================================================================
-- Organizations
--
-- The unit of isolation. A transaction enters one organization by an entry function, which sets
-- rolecall.organization_id; the policy own_organization of every table holds the server to it.

-- A customer: the unit of isolation. The setting rolecall.instance opens this table alone, for the operator's commands.
CREATE TABLE organizations (
  id text NOT NULL,
  slug text NOT NULL,
  name text NOT NULL,
  status text DEFAULT 'active'::text NOT NULL,
  administrator_brand_access text DEFAULT 'explicit'::text NOT NULL,
  role_strategy text DEFAULT 'union'::text NOT NULL,
  created_at timestamp(3) with time zone NOT NULL,
  updated_at timestamp(3) with time zone NOT NULL,
  password_sign_in text DEFAULT 'allowed'::text NOT NULL,
  password_min_length integer DEFAULT 12 NOT NULL,
  second_factor text DEFAULT 'optional'::text NOT NULL,
  session_idle_minutes integer DEFAULT 60 NOT NULL,
  session_absolute_minutes integer DEFAULT 720 NOT NULL,
  invitation_days integer DEFAULT 7 NOT NULL,
  provisioning_log_days integer DEFAULT 30 NOT NULL,
  sign_in_trace_days integer DEFAULT 180 NOT NULL,
  mail_days integer DEFAULT 30 NOT NULL,
  end_date_grace_days integer,
  access_contact text,
  personal_mail_domains jsonb,
  erase_after_days integer DEFAULT 30 NOT NULL,
  email_change text DEFAULT 'verified'::text NOT NULL,
  guest_max_days integer,
  guest_domains jsonb,
  sign_in_page text DEFAULT 'named'::text NOT NULL,
  fresh_proof_minutes integer DEFAULT 10 NOT NULL,
  manager_second_factor text DEFAULT 'optional'::text NOT NULL,
  reactivation text DEFAULT 'by_holder'::text NOT NULL,
  recorded_at timestamp with time zone DEFAULT now(),
  -- Whether deleted people are erased by themselves after erase_after_days; they wait for an administrator otherwise.
  erase_deleted boolean DEFAULT false NOT NULL,
  -- privileged: rights over others are given by drafts alone that a second person has approved.
  second_person text DEFAULT 'never'::text NOT NULL,
  -- For so long a name or address that was somebody else's is given to nobody; 0: it is free at once.
  reserved_days integer DEFAULT 90 NOT NULL,
  -- Whether a local sign-in with a second factor at another organization, of a linked account, is taken for one here.
  linked_sign_in text DEFAULT 'own'::text NOT NULL,
  CONSTRAINT organizations_pkey PRIMARY KEY (id),
  CONSTRAINT organizations_slug_unique UNIQUE (slug),
  CONSTRAINT organizations_linked_sign_in CHECK (linked_sign_in = ANY (ARRAY['own'::text, 'accepted'::text]))
);
ALTER TABLE organizations ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON organizations FOR ALL TO rolecall_server
  USING (id = current_setting('rolecall.organization_id'::text, true) OR current_setting('rolecall.instance'::text, true) = 'on'::text)
  WITH CHECK (id = current_setting('rolecall.organization_id'::text, true) OR current_setting('rolecall.instance'::text, true) = 'on'::text);
CREATE TRIGGER close_organization AFTER UPDATE OF status ON organizations
  FOR EACH ROW WHEN (old.status = 'active'::text AND new.status <> 'active'::text) EXECUTE FUNCTION close_organization();
CREATE TRIGGER forget_organization AFTER DELETE ON organizations
  FOR EACH ROW EXECUTE FUNCTION history.forget_organization();
CREATE TRIGGER keep_administrator AFTER UPDATE OF role_strategy ON organizations
  FOR EACH ROW WHEN (old.role_strategy IS DISTINCT FROM new.role_strategy) EXECUTE FUNCTION keep_administrator_of_strategy();
CREATE TRIGGER keep_version BEFORE UPDATE ON organizations
  FOR EACH ROW WHEN (old.slug IS DISTINCT FROM new.slug OR old.name IS DISTINCT FROM new.name OR old.status IS DISTINCT FROM new.status OR old.administrator_brand_access IS DISTINCT FROM new.administrator_brand_access OR old.role_strategy IS DISTINCT FROM new.role_strategy) EXECUTE FUNCTION history.keep_version_of_organizations();
CREATE TRIGGER open_or_close_organization AFTER UPDATE OF status ON organizations
  FOR EACH ROW WHEN (old.status IS DISTINCT FROM new.status) EXECUTE FUNCTION open_or_close_organization();
GRANT SELECT, INSERT, UPDATE ON organizations TO rolecall_server;

-- A space inside an organization with its own memberships.
CREATE TABLE brands (
  organization_id text NOT NULL,
  id text NOT NULL,
  slug text NOT NULL,
  name text NOT NULL,
  created_at timestamp(3) with time zone NOT NULL,
  updated_at timestamp(3) with time zone NOT NULL,
  recorded_at timestamp with time zone DEFAULT now(),
  CONSTRAINT brands_organization_id_id_pk PRIMARY KEY (organization_id, id),
  CONSTRAINT brands_slug UNIQUE (organization_id, slug),
  CONSTRAINT brands_organization_id_organizations_id_fk FOREIGN KEY (organization_id)
    REFERENCES organizations(id) ON DELETE CASCADE
);
ALTER TABLE brands ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON brands FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
CREATE TRIGGER keep_deleted AFTER DELETE ON brands REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION history.keep_deleted_brands();
CREATE TRIGGER keep_version BEFORE UPDATE ON brands
  FOR EACH ROW WHEN (old.slug IS DISTINCT FROM new.slug OR old.name IS DISTINCT FROM new.name) EXECUTE FUNCTION history.keep_version_of_brands();
GRANT SELECT, INSERT, UPDATE, DELETE ON brands TO rolecall_server;

-- What an organization shows of itself on pages and in mails; the row platform holds where it shows nothing.
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
ALTER TABLE branding ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON branding FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON branding TO rolecall_server;

-- The picture of an organization, base64, as written anew from what was uploaded; public by its hash.
CREATE TABLE logos (
  organization_id text NOT NULL,
  hash text NOT NULL,
  media_type text NOT NULL,
  content text NOT NULL,
  updated_at timestamp(3) with time zone NOT NULL,
  CONSTRAINT logos_organization_id_pk PRIMARY KEY (organization_id),
  CONSTRAINT logos_media_type CHECK (media_type = ANY (ARRAY['image/png'::text, 'image/jpeg'::text, 'image/webp'::text]))
);
CREATE INDEX logos_hash ON logos USING btree (hash);
ALTER TABLE logos ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON logos FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON logos TO rolecall_server;

-- The active organization of this short name.
CREATE OR REPLACE FUNCTION public.resolve_organization(p_slug text)
 RETURNS TABLE(organization_id text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$ SELECT o.id FROM organizations o WHERE o.slug = p_slug AND o.status = 'active' $function$;
GRANT EXECUTE ON FUNCTION resolve_organization(text) TO rolecall_server;

-- As resolve_organization, where the organization lets its sign-in page name it.
CREATE OR REPLACE FUNCTION public.resolve_named_organization(p_slug text)
 RETURNS TABLE(organization_id text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$ SELECT o.id FROM organizations o WHERE o.slug = p_slug AND o.status = 'active' AND o.sign_in_page = 'named' $function$;
GRANT EXECUTE ON FUNCTION resolve_named_organization(text) TO rolecall_server;

-- Whether there is any organization. On a new installation the first start offers a link that makes its first
-- administrator.
CREATE OR REPLACE FUNCTION public.has_organizations()
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$ SELECT EXISTS (SELECT FROM organizations) $function$;
GRANT EXECUTE ON FUNCTION has_organizations() TO rolecall_server;

-- How pages and mails of an organization look, with what the platform says where it says nothing, and the languages of
-- the person who looks.
CREATE OR REPLACE FUNCTION public.shown_look(p_organization_id text, p_user_id text)
 RETURNS TABLE(own_name text, platform_name text, accent_light text, accent_dark text, background_light text, background_dark text, support_contact text, privacy_url text, terms_url text, help_url text, mail_sender_name text, language text, person_language text, person_locale text, logo_hash text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
      ELSE b.organization_id END $function$;
GRANT EXECUTE ON FUNCTION shown_look(text, text) TO rolecall_server;

-- A logo by the hash of its bytes, for whoever has seen a page with it.
CREATE OR REPLACE FUNCTION public.logo_by_hash(p_hash text)
 RETURNS TABLE(media_type text, content text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT l.media_type, l.content FROM logos l WHERE l.hash = p_hash LIMIT 1 $function$;
GRANT EXECUTE ON FUNCTION logo_by_hash(text) TO rolecall_server;

-- Suspended, an organization's keys and tokens stop working; reactivated, they work again.
-- Trigger of organizations (open_or_close_organization).
CREATE OR REPLACE FUNCTION public.open_or_close_organization()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  UPDATE api_keys k SET is_open = NEW.status = 'active' WHERE k.organization_id = NEW.id;
  UPDATE directory_tokens t SET is_open = NEW.status = 'active' AND EXISTS (
      SELECT FROM directories d
      WHERE d.organization_id = NEW.id AND d.id = t.directory_id AND d.status = 'active')
    WHERE t.organization_id = NEW.id;
  RETURN NULL;
END
$function$;

-- A suspended organization's sessions end, and do not come back with it.
-- Trigger of organizations (close_organization).
CREATE OR REPLACE FUNCTION public.close_organization()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  UPDATE sessions s SET ended_at = now(), end_reason = 'organization_suspended'
    WHERE s.organization_id = NEW.id AND s.ended_at IS NULL;
  RETURN NULL;
END
$function$;

-- =====================================================================================================================
-- Directory: people and groups
--
-- Who exists, whoever wrote them: a directory, a sign-in, an administrator.

-- People. What is searched has a column (keys are folded: NFKC and lower case); the rest of the SCIM resource is in
-- attributes.
CREATE TABLE users (
  organization_id text NOT NULL,
  id text NOT NULL,
  directory_id text,
  user_name text NOT NULL,
  user_name_key text NOT NULL,
  external_id text,
  display_name text,
  status text NOT NULL,
  status_reason text,
  status_changed_at timestamp(3) with time zone NOT NULL,
  -- Grows with each deactivation: whatever was issued under an older epoch is dead.
  epoch integer DEFAULT 0 NOT NULL,
  attributes jsonb NOT NULL,
  version integer DEFAULT 1 NOT NULL,
  created_at timestamp(3) with time zone NOT NULL,
  updated_at timestamp(3) with time zone NOT NULL,
  deleted_at timestamp(3) with time zone,
  returns_at timestamp(3) with time zone,
  last_active_at timestamp(3) with time zone,
  name_key text GENERATED ALWAYS AS (bare(COALESCE(display_name, user_name))) STORED,
  search_key text GENERATED ALWAYS AS (bare((((((((COALESCE(display_name, ''::text) || ' '::text) || user_name) || ' '::text) || COALESCE(attributes #>> '{name,givenName}'::text[], ''::text)) || ' '::text) || COALESCE(attributes #>> '{name,familyName}'::text[], ''::text)) || ' '::text) || jsonb_path_query_array(attributes, '$."emails"[*]."value"'::jsonpath)::text)) STORED,
  -- The directory said so while somebody else had switched them off; it holds them once that is lifted.
  is_held_by_directory boolean DEFAULT false NOT NULL,
  -- The sign-in address, folded: the primary e-mail, else the first one, else a userName that is one. Unique among the
  -- living.
  email_key text GENERATED ALWAYS AS (sign_in_key(attributes, user_name)) STORED,
  -- Who has the sign-in address instead, where it was two people's; nobody signs in as this one by it.
  address_yielded_to text,
  -- Somebody else of the directory had the externalId before that was refused.
  shares_external_id boolean DEFAULT false NOT NULL,
  recorded_at timestamp with time zone DEFAULT now(),
  CONSTRAINT users_organization_id_id_pk PRIMARY KEY (organization_id, id),
  CONSTRAINT users_reason_when_inactive CHECK ((status = 'inactive'::text) = (status_reason IS NOT NULL)),
  CONSTRAINT users_organization_id_directory_id_directories_organization_id_ FOREIGN KEY (organization_id, directory_id)
    REFERENCES directories(organization_id, id)
);
CREATE INDEX users_deleted ON users USING btree (organization_id, deleted_at, id) WHERE ((deleted_at IS NOT NULL) AND (status = 'inactive'::text));
CREATE INDEX users_directory ON users USING btree (organization_id, directory_id, id) WHERE (deleted_at IS NULL);
CREATE INDEX users_extension_terms ON users USING gin (extension_terms(attributes)) WITH (fastupdate=off) WHERE has_own_extension(attributes);
CREATE INDEX users_external_id ON users USING btree (organization_id, external_id) WHERE ((deleted_at IS NULL) AND (external_id IS NOT NULL));
CREATE INDEX users_id ON users USING btree (id);
CREATE INDEX users_idle ON users USING btree (organization_id, GREATEST(last_active_at, status_changed_at)) WHERE ((status = 'active'::text) AND (deleted_at IS NULL));
CREATE INDEX users_international ON users USING btree (organization_id, id) WHERE ((deleted_at IS NULL) AND (user_name_key ~~ '%xn--%'::text));
CREATE INDEX users_last_active ON users USING btree (organization_id, last_active_at DESC NULLS LAST, id) WHERE (deleted_at IS NULL);
CREATE INDEX users_manager ON users USING btree (organization_id, md5(fold((attributes #>> '{urn:ietf:params:scim:schemas:extension:enterprise:2.0:User,manager,value}'::text[])))) WHERE ((attributes #>> '{urn:ietf:params:scim:schemas:extension:enterprise:2.0:User,manager,value}'::text[]) IS NOT NULL);
CREATE INDEX users_modified ON users USING btree (organization_id, directory_id, updated_at, id) WHERE (deleted_at IS NULL);
CREATE INDEX users_name ON users USING btree (organization_id, name_key, id) WHERE (deleted_at IS NULL);
CREATE UNIQUE INDEX users_own_external_id ON users USING btree (organization_id, directory_id, external_id) WHERE ((deleted_at IS NULL) AND (external_id IS NOT NULL) AND (directory_id IS NOT NULL) AND (status = ANY (ARRAY['active'::text, 'invited'::text])) AND (NOT shares_external_id));
CREATE INDEX users_recorded ON users USING btree (organization_id, recorded_at);
CREATE INDEX users_removed_address ON users USING btree (organization_id, email_key) WHERE (deleted_at IS NOT NULL);
CREATE INDEX users_removed_external_id ON users USING btree (organization_id, external_id) WHERE ((deleted_at IS NOT NULL) AND (external_id IS NOT NULL));
CREATE INDEX users_removed_name ON users USING btree (organization_id, user_name_key) WHERE (deleted_at IS NOT NULL);
CREATE INDEX users_returning ON users USING btree (returns_at) WHERE (returns_at IS NOT NULL);
CREATE INDEX users_search ON users USING gin (search_key gin_trgm_ops) WHERE (deleted_at IS NULL);
CREATE UNIQUE INDEX users_sign_in_address ON users USING btree (organization_id, email_key) WHERE ((deleted_at IS NULL) AND (address_yielded_to IS NULL));
CREATE INDEX users_sign_in_address_anywhere ON users USING btree (email_key) WHERE ((deleted_at IS NULL) AND (address_yielded_to IS NULL));
CREATE INDEX users_status ON users USING btree (organization_id, status, name_key, id) WHERE (deleted_at IS NULL);
CREATE UNIQUE INDEX users_user_name ON users USING btree (organization_id, user_name_key) WHERE (deleted_at IS NULL);
CREATE INDEX users_user_name_anywhere ON users USING btree (user_name_key) WHERE (deleted_at IS NULL);
CREATE INDEX users_yielded ON users USING btree (organization_id, address_yielded_to) WHERE (address_yielded_to IS NOT NULL);
ALTER TABLE users ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON users FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
CREATE TRIGGER count_changed_person AFTER UPDATE OF status, deleted_at, directory_id ON users
  FOR EACH ROW WHEN ((old.deleted_at IS NULL OR new.deleted_at IS NULL) AND (old.status <> new.status OR old.deleted_at IS DISTINCT FROM new.deleted_at OR old.directory_id IS DISTINCT FROM new.directory_id)) EXECUTE FUNCTION count_changed_person();
CREATE TRIGGER count_gone_people AFTER DELETE ON users REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION count_gone_people();
CREATE TRIGGER count_new_people AFTER INSERT ON users REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION count_new_people();
CREATE TRIGGER end_account_links AFTER UPDATE OF epoch ON users
  FOR EACH ROW WHEN (new.epoch <> old.epoch) EXECUTE FUNCTION end_account_links();
CREATE TRIGGER forget_address AFTER UPDATE OF attributes, user_name ON users
  FOR EACH ROW WHEN ((old.attributes -> 'emails'::text) IS DISTINCT FROM (new.attributes -> 'emails'::text) OR old.user_name_key IS DISTINCT FROM new.user_name_key) EXECUTE FUNCTION forget_address();
CREATE TRIGGER forget_operator AFTER UPDATE OF status ON users
  FOR EACH ROW WHEN (new.status = 'erased'::text AND old.status <> 'erased'::text) EXECUTE FUNCTION forget_operator();
CREATE TRIGGER forget_yielding BEFORE UPDATE OF attributes, user_name ON users
  FOR EACH ROW WHEN (old.address_yielded_to IS NOT NULL AND sign_in_key(old.attributes, old.user_name) IS DISTINCT FROM sign_in_key(new.attributes, new.user_name)) EXECUTE FUNCTION forget_yielding();
CREATE TRIGGER give_address_back AFTER UPDATE OF attributes, user_name, deleted_at ON users
  FOR EACH ROW WHEN (old.deleted_at IS NULL AND old.address_yielded_to IS NULL AND old.email_key IS NOT NULL AND (new.deleted_at IS NOT NULL OR old.email_key IS DISTINCT FROM new.email_key)) EXECUTE FUNCTION give_address_back();
CREATE TRIGGER keep_administrator AFTER UPDATE OF status, deleted_at ON users
  FOR EACH ROW WHEN (old.status = 'active'::text AND old.deleted_at IS NULL AND (new.status <> 'active'::text OR new.deleted_at IS NOT NULL)) EXECUTE FUNCTION keep_administrator_of_user();
CREATE TRIGGER keep_administrator_of_attributes AFTER UPDATE OF attributes, user_name, external_id, display_name ON users
  FOR EACH ROW WHEN (old.attributes IS DISTINCT FROM new.attributes OR old.user_name IS DISTINCT FROM new.user_name OR old.external_id IS DISTINCT FROM new.external_id OR old.display_name IS DISTINCT FROM new.display_name) EXECUTE FUNCTION keep_administrator_of_attributes();
CREATE TRIGGER keep_deleted AFTER DELETE ON users REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION history.keep_deleted_users();
CREATE TRIGGER keep_emergency_account BEFORE UPDATE OF directory_id, attributes, user_name ON users
  FOR EACH ROW WHEN (old.user_name_key IS DISTINCT FROM new.user_name_key OR new.directory_id IS NOT NULL AND old.directory_id IS DISTINCT FROM new.directory_id OR new.attributes ? 'emails'::text AND (old.attributes -> 'emails'::text) IS DISTINCT FROM (new.attributes -> 'emails'::text)) EXECUTE FUNCTION keep_emergency_account();
CREATE TRIGGER keep_version BEFORE UPDATE ON users
  FOR EACH ROW WHEN (old.user_name IS DISTINCT FROM new.user_name OR old.external_id IS DISTINCT FROM new.external_id OR old.display_name IS DISTINCT FROM new.display_name OR old.status IS DISTINCT FROM new.status OR old.status_reason IS DISTINCT FROM new.status_reason OR old.deleted_at IS DISTINCT FROM new.deleted_at OR old.attributes IS DISTINCT FROM new.attributes OR old.directory_id IS DISTINCT FROM new.directory_id OR old.address_yielded_to IS DISTINCT FROM new.address_yielded_to) EXECUTE FUNCTION history.keep_version_of_users();
CREATE TRIGGER note_extension_attributes AFTER INSERT OR UPDATE OF attributes, directory_id ON users
  FOR EACH ROW WHEN (new.directory_id IS NOT NULL AND has_own_extension(new.attributes)) EXECUTE FUNCTION note_extension_attributes('User');
CREATE TRIGGER prove_attributes AFTER INSERT OR UPDATE ON users
  FOR EACH ROW WHEN (current_setting('rolecall.proof'::text, true) = 'stale'::text) EXECUTE FUNCTION prove_attributes();
CREATE TRIGGER prove_person AFTER UPDATE OF status, deleted_at, attributes, user_name ON users
  FOR EACH ROW WHEN (current_setting('rolecall.proof'::text, true) = 'stale'::text AND (old.status <> new.status OR old.deleted_at IS DISTINCT FROM new.deleted_at OR old.user_name_key IS DISTINCT FROM new.user_name_key OR (old.attributes -> 'emails'::text) IS DISTINCT FROM (new.attributes -> 'emails'::text))) EXECUTE FUNCTION prove_person();
CREATE TRIGGER refuse_reserved AFTER INSERT ON users
  FOR EACH ROW WHEN (new.deleted_at IS NULL) EXECUTE FUNCTION refuse_reserved();
CREATE TRIGGER refuse_reserved_change AFTER UPDATE OF user_name, attributes ON users
  FOR EACH ROW WHEN (new.deleted_at IS NULL AND (old.user_name_key IS DISTINCT FROM new.user_name_key OR old.email_key IS DISTINCT FROM new.email_key)) EXECUTE FUNCTION refuse_reserved();
CREATE TRIGGER remember_names AFTER UPDATE OF user_name, external_id, attributes, directory_id ON users
  FOR EACH ROW WHEN (new.status <> 'erased'::text AND (old.user_name_key IS DISTINCT FROM new.user_name_key OR old.external_id IS DISTINCT FROM new.external_id OR old.email_key IS DISTINCT FROM new.email_key OR old.directory_id IS DISTINCT FROM new.directory_id)) EXECUTE FUNCTION remember_names();
GRANT SELECT, INSERT, UPDATE, DELETE ON users TO rolecall_server;

-- How many people who were not deleted there are, by directory and status, as changes that are added up: a writer adds
-- a row and waits for nobody. Kept by triggers of users, read by people_count().
CREATE TABLE people_counts (
  organization_id text NOT NULL,
  id bigint GENERATED BY DEFAULT AS IDENTITY NOT NULL,
  directory_id text,
  status text NOT NULL,
  people integer NOT NULL,
  CONSTRAINT people_counts_organization_id_id_pk PRIMARY KEY (organization_id, id)
);
CREATE SEQUENCE people_counts_id_seq AS bigint START WITH 1 INCREMENT BY 1 OWNED BY people_counts.id;
ALTER TABLE people_counts ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON people_counts FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));

-- Folded addresses of people, for look-ups: an index rather than a record. The addresses themselves are in
-- users.attributes, and each write of those writes here.
CREATE TABLE user_emails (
  organization_id text NOT NULL,
  value_key text NOT NULL,
  user_id text NOT NULL,
  CONSTRAINT user_emails_organization_id_value_key_user_id_pk PRIMARY KEY (organization_id, value_key, user_id)
);
ALTER TABLE user_emails ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON user_emails FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON user_emails TO rolecall_server;

-- How people were called before: a leaver whom the provider renames stays known by what they signed in as.
CREATE TABLE former_names (
  organization_id text NOT NULL,
  user_id text NOT NULL,
  kind text NOT NULL,
  value_key text NOT NULL,
  directory_id text,
  ended_at timestamp(3) with time zone NOT NULL,
  CONSTRAINT former_names_organization_id_user_id_kind_value_key_pk PRIMARY KEY (organization_id, user_id, kind, value_key),
  CONSTRAINT former_names_organization_id_user_id_users_organization_id_id_f FOREIGN KEY (organization_id, user_id)
    REFERENCES users(organization_id, id) ON DELETE CASCADE
);
CREATE INDEX former_names_value ON former_names USING btree (organization_id, value_key);
ALTER TABLE former_names ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON former_names FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON former_names TO rolecall_server;

-- How an address of a person was proven to be theirs, for as long as they have it (forget_address).
CREATE TABLE email_proofs (
  organization_id text NOT NULL,
  user_id text NOT NULL,
  value_key text NOT NULL,
  how text NOT NULL,
  connection_id text,
  proven_at timestamp(3) with time zone NOT NULL,
  CONSTRAINT email_proofs_organization_id_user_id_value_key_how_pk PRIMARY KEY (organization_id, user_id, value_key, how),
  CONSTRAINT email_proofs_organization_id_user_id_users_organization_id_id_f FOREIGN KEY (organization_id, user_id)
    REFERENCES users(organization_id, id) ON DELETE CASCADE
);
ALTER TABLE email_proofs ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON email_proofs FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON email_proofs TO rolecall_server;

-- Groups of a directory or of a connection's claims, or local ones (directory_id null).
CREATE TABLE groups (
  organization_id text NOT NULL,
  id text NOT NULL,
  directory_id text,
  external_id text,
  display_name text NOT NULL,
  display_name_key text NOT NULL,
  attributes jsonb NOT NULL,
  version integer DEFAULT 1 NOT NULL,
  created_at timestamp(3) with time zone NOT NULL,
  updated_at timestamp(3) with time zone NOT NULL,
  held_by text,
  recorded_at timestamp with time zone DEFAULT now(),
  CONSTRAINT groups_organization_id_id_pk PRIMARY KEY (organization_id, id),
  CONSTRAINT groups_organization_id_directory_id_directories_organization_id FOREIGN KEY (organization_id, directory_id)
    REFERENCES directories(organization_id, id),
  CONSTRAINT groups_organization_id_organizations_id_fk FOREIGN KEY (organization_id)
    REFERENCES organizations(id) ON DELETE CASCADE
);
CREATE INDEX groups_directory ON groups USING btree (organization_id, directory_id, id);
CREATE INDEX groups_display_name ON groups USING btree (organization_id, display_name_key);
CREATE UNIQUE INDEX groups_external_id ON groups USING btree (organization_id, directory_id, external_id) WHERE ((directory_id IS NOT NULL) AND (external_id IS NOT NULL));
CREATE INDEX groups_held ON groups USING btree (organization_id, held_by) WHERE (held_by IS NOT NULL);
ALTER TABLE groups ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON groups FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
CREATE TRIGGER keep_deleted AFTER DELETE ON groups REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION history.keep_deleted_groups();
CREATE TRIGGER keep_version BEFORE UPDATE ON groups
  FOR EACH ROW WHEN (old.display_name IS DISTINCT FROM new.display_name OR old.directory_id IS DISTINCT FROM new.directory_id OR old.external_id IS DISTINCT FROM new.external_id OR old.held_by IS DISTINCT FROM new.held_by) EXECUTE FUNCTION history.keep_version_of_groups();
CREATE TRIGGER note_extension_attributes AFTER INSERT OR UPDATE OF attributes, directory_id ON groups
  FOR EACH ROW WHEN (new.directory_id IS NOT NULL AND has_own_extension(new.attributes)) EXECUTE FUNCTION note_extension_attributes('Group');
GRANT SELECT, INSERT, UPDATE, DELETE ON groups TO rolecall_server;

-- People in groups.
CREATE TABLE group_members (
  organization_id text NOT NULL,
  group_id text NOT NULL,
  user_id text NOT NULL,
  created_at timestamp(3) with time zone NOT NULL,
  held_by text,
  recorded_at timestamp with time zone DEFAULT now(),
  CONSTRAINT group_members_organization_id_group_id_user_id_pk PRIMARY KEY (organization_id, group_id, user_id),
  CONSTRAINT group_members_organization_id_group_id_groups_organization_id_i FOREIGN KEY (organization_id, group_id)
    REFERENCES groups(organization_id, id) ON DELETE CASCADE,
  CONSTRAINT group_members_organization_id_user_id_users_organization_id_id_ FOREIGN KEY (organization_id, user_id)
    REFERENCES users(organization_id, id) ON DELETE CASCADE
);
CREATE INDEX group_members_held ON group_members USING btree (organization_id, held_by) WHERE (held_by IS NOT NULL);
CREATE INDEX group_members_recorded ON group_members USING btree (organization_id, recorded_at);
CREATE INDEX group_members_user ON group_members USING btree (organization_id, user_id);
ALTER TABLE group_members ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON group_members FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
CREATE TRIGGER keep_administrator AFTER DELETE ON group_members REFERENCING OLD TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION keep_administrator_of_members();
CREATE TRIGGER keep_administrator_of_new AFTER INSERT ON group_members REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION keep_administrator_of_members();
CREATE TRIGGER keep_deleted AFTER DELETE ON group_members REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION history.keep_deleted_group_members();
CREATE TRIGGER keep_version BEFORE UPDATE ON group_members
  FOR EACH ROW WHEN (old.held_by IS DISTINCT FROM new.held_by) EXECUTE FUNCTION history.keep_version_of_group_members();
CREATE TRIGGER prove_membership AFTER INSERT OR DELETE ON group_members
  FOR EACH ROW WHEN (current_setting('rolecall.proof'::text, true) = 'stale'::text) EXECUTE FUNCTION prove_membership();
GRANT SELECT, INSERT, UPDATE, DELETE ON group_members TO rolecall_server;

-- Groups in groups. Cycles are refused by the verb that writes here.
CREATE TABLE group_nestings (
  organization_id text NOT NULL,
  group_id text NOT NULL,
  child_group_id text NOT NULL,
  created_at timestamp(3) with time zone NOT NULL,
  held_by text,
  recorded_at timestamp with time zone DEFAULT now(),
  CONSTRAINT group_nestings_organization_id_group_id_child_group_id_pk PRIMARY KEY (organization_id, group_id, child_group_id),
  CONSTRAINT group_nestings_not_itself CHECK (group_id <> child_group_id),
  CONSTRAINT group_nestings_child_group FOREIGN KEY (organization_id, child_group_id)
    REFERENCES groups(organization_id, id) ON DELETE CASCADE,
  CONSTRAINT group_nestings_group FOREIGN KEY (organization_id, group_id)
    REFERENCES groups(organization_id, id) ON DELETE CASCADE
);
CREATE INDEX group_nestings_child ON group_nestings USING btree (organization_id, child_group_id);
CREATE INDEX group_nestings_held ON group_nestings USING btree (organization_id, held_by) WHERE (held_by IS NOT NULL);
ALTER TABLE group_nestings ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON group_nestings FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
CREATE TRIGGER keep_administrator AFTER DELETE ON group_nestings
  FOR EACH ROW EXECUTE FUNCTION keep_administrator_of_nesting();
CREATE TRIGGER keep_administrator_of_new AFTER INSERT ON group_nestings
  FOR EACH ROW EXECUTE FUNCTION keep_administrator_of_nesting();
CREATE TRIGGER keep_deleted AFTER DELETE ON group_nestings REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION history.keep_deleted_group_nestings();
CREATE TRIGGER keep_version BEFORE UPDATE ON group_nestings
  FOR EACH ROW WHEN (old.held_by IS DISTINCT FROM new.held_by) EXECUTE FUNCTION history.keep_version_of_group_nestings();
CREATE TRIGGER prove_membership AFTER INSERT OR DELETE ON group_nestings
  FOR EACH ROW WHEN (current_setting('rolecall.proof'::text, true) = 'stale'::text) EXECUTE FUNCTION prove_membership();
GRANT SELECT, INSERT, UPDATE, DELETE ON group_nestings TO rolecall_server;

-- Case folding as the service does it: NFKC, then lower case by the root locale.
CREATE OR REPLACE FUNCTION public.fold(value text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
RETURN lower((NORMALIZE(value, NFKC) COLLATE "und-x-icu"));
GRANT EXECUTE ON FUNCTION fold(text) TO PUBLIC;

-- What names are sorted by and searched in: folded, and without what NFKD splits off as combining marks (Zoë is zoe).
CREATE OR REPLACE FUNCTION public.bare(value text)
 RETURNS text
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE STRICT
AS $function$
BEGIN
  IF octet_length(value) = char_length(value) THEN RETURN lower(value COLLATE "C"); END IF;
  RETURN public.fold(regexp_replace(normalize(value, NFKD), U&'[\0300-\036F]', '', 'g'));
END $function$;
GRANT EXECUTE ON FUNCTION bare(text) TO PUBLIC;

-- The folded addresses that a person has: those in the e-mail list, or else the userName.
CREATE OR REPLACE FUNCTION public.address_keys(p_attributes jsonb, p_user_name_key text)
 RETURNS text[]
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT coalesce(nullif(array(SELECT address_key(e.value ->> 'value') FROM jsonb_array_elements(
      CASE jsonb_typeof(p_attributes -> 'emails') WHEN 'array' THEN p_attributes -> 'emails' ELSE '[]' END) e (value)
    WHERE e.value ->> 'value' IS NOT NULL), '{}'), ARRAY[p_user_name_key]) $function$;
GRANT EXECUTE ON FUNCTION address_keys(jsonb, text) TO PUBLIC;

-- A label of a domain as the DNS has it (RFC 3492, RFC 5890).
CREATE OR REPLACE FUNCTION public.ascii_label(p_label text)
 RETURNS text
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  digits CONSTANT text := 'abcdefghijklmnopqrstuvwxyz0123456789';
  codes int[]; code int; least_code int; next_code int := 128; delta bigint := 0; bias int := 72;
  basic int; handled int; rest bigint; threshold int; step int; written text := '';
BEGIN
  IF p_label !~ '[^\x01-\x7f]' OR length(p_label) > 63 THEN RETURN p_label; END IF;
  SELECT array_agg(ascii(c.letter) ORDER BY c.at) INTO codes
    FROM regexp_split_to_table(p_label, '') WITH ORDINALITY c (letter, at);
  FOREACH code IN ARRAY codes LOOP
    IF code < 128 THEN written := written || chr(code); END IF;
  END LOOP;
  basic := length(written);
  handled := basic;
  IF basic > 0 THEN written := written || '-'; END IF;
  WHILE handled < cardinality(codes) LOOP
    SELECT min(c) INTO least_code FROM unnest(codes) c WHERE c >= next_code;
    delta := delta + (least_code - next_code)::bigint * (handled + 1);
    next_code := least_code;
    FOREACH code IN ARRAY codes LOOP
      IF code < next_code THEN delta := delta + 1; END IF;
      CONTINUE WHEN code <> next_code;
      rest := delta;
      step := 36;
      LOOP
        threshold := greatest(1, least(26, step - bias));
        EXIT WHEN rest < threshold;
        written := written || substr(digits, (threshold + (rest - threshold) % (36 - threshold))::int + 1, 1);
        rest := (rest - threshold) / (36 - threshold);
        step := step + 36;
      END LOOP;
      written := written || substr(digits, rest::int + 1, 1);
      delta := delta / CASE WHEN handled = basic THEN 700 ELSE 2 END;
      delta := delta + delta / (handled + 1);
      step := 0;
      WHILE delta > 455 LOOP
        delta := delta / 35;
        step := step + 36;
      END LOOP;
      bias := step + (36 * delta / (delta + 38))::int;
      delta := 0;
      handled := handled + 1;
    END LOOP;
    delta := delta + 1;
    next_code := next_code + 1;
  END LOOP;
  RETURN 'xn--' || written;
END $function$;
GRANT EXECUTE ON FUNCTION ascii_label(text) TO PUBLIC;

-- The key of an address: without what mail programs and providers write around it, its domain as the DNS has it.
CREATE OR REPLACE FUNCTION public.address_key(p_text text)
 RETURNS text
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
AS $function$
DECLARE
  address text;
  domain text;
BEGIN
  IF p_text ~ '^[A-Za-z0-9._%+@-]*[A-Za-z0-9_%+@-]$' THEN RETURN lower(p_text COLLATE "C"); END IF;
  address := public.fold(regexp_replace(p_text,
    '[\s\u00a0\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0]',
    '', 'g'));
  address := coalesce(substring(address from '<([^<>]*)>$'), address);
  address := regexp_replace(address, '^(mailto|smtp|sip):', '');
  address := rtrim(btrim(translate(address, '。', '.'), '"''<>'), '.');
  domain := substring(address from '^[^@]+@([^@]+\.[^@]+)$');
  IF domain ~ '[^\x01-\x7f]' THEN
    address := split_part(address, '@', 1) || '@' || (SELECT string_agg(public.ascii_label(l.label), '.' ORDER BY l.at)
      FROM regexp_split_to_table(domain, '\.') WITH ORDINALITY l (label, at));
  END IF;
  RETURN address;
END $function$;
GRANT EXECUTE ON FUNCTION address_key(text) TO PUBLIC;

-- The folded address that somebody signs in by: the primary e-mail, else the first one, else the userName; null where
-- that is none.
CREATE OR REPLACE FUNCTION public.sign_in_key(p_attributes jsonb, p_user_name text)
 RETURNS text
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
AS $function$
DECLARE
  address text := public.address_key(coalesce(
    jsonb_path_query_first(p_attributes, '$.emails[*] ? (@.primary == true || @.primary == "true").value') #>> '{}',
    jsonb_path_query_first(p_attributes, '$.emails[*].value') #>> '{}', p_user_name));
BEGIN
  RETURN CASE WHEN address LIKE '_%@_%' AND address NOT LIKE '%#ext#%' THEN address END;
END $function$;
GRANT EXECUTE ON FUNCTION sign_in_key(jsonb, text) TO PUBLIC;

-- Somebody who gets another address has yielded nothing any more.
-- Trigger of users (forget_yielding).
CREATE OR REPLACE FUNCTION public.forget_yielding()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  NEW.address_yielded_to := NULL;
  RETURN NEW;
END $function$;

-- An address that becomes free goes to whoever yielded it: somebody who is there first, then the oldest.
-- Trigger of users (give_address_back).
CREATE OR REPLACE FUNCTION public.give_address_back()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  heir text;
BEGIN
  SELECT u.id INTO heir FROM users u WHERE u.organization_id = OLD.organization_id AND u.address_yielded_to = OLD.id
    AND u.email_key = OLD.email_key AND u.deleted_at IS NULL
    ORDER BY u.status IN ('active', 'invited') DESC, u.created_at, u.id LIMIT 1;
  UPDATE users u SET address_yielded_to = nullif(heir, u.id)
    WHERE u.organization_id = OLD.organization_id AND u.address_yielded_to = OLD.id;
  RETURN NULL;
END $function$;

-- Keeps former_names.
-- Trigger of users (remember_names).
CREATE OR REPLACE FUNCTION public.remember_names()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  INSERT INTO former_names (organization_id, user_id, kind, value_key, directory_id, ended_at)
    SELECT OLD.organization_id, OLD.id, n.kind, n.before, OLD.directory_id, now()
      FROM (VALUES ('user_name', OLD.user_name_key, NEW.user_name_key), ('address', OLD.email_key, NEW.email_key),
        ('external_id', OLD.external_id, NEW.external_id), ('directory', OLD.directory_id, NEW.directory_id))
        n (kind, before, after)
      WHERE n.before IS NOT NULL AND n.before IS DISTINCT FROM n.after
    ON CONFLICT (organization_id, user_id, kind, value_key)
      DO UPDATE SET ended_at = excluded.ended_at, directory_id = excluded.directory_id;
  RETURN NULL;
END $function$;

-- Whatever changes an address, be it a directory, an administrator or the person, takes its proof away, and every link
-- that was mailed to the old one.
-- Trigger of users (forget_address).
CREATE OR REPLACE FUNCTION public.forget_address()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  DELETE FROM email_proofs p WHERE p.organization_id = NEW.organization_id AND p.user_id = NEW.id
    AND p.value_key <> ALL (address_keys(NEW.attributes, NEW.user_name_key));
  UPDATE password_resets r SET used_at = now() WHERE r.organization_id = NEW.organization_id AND r.user_id = NEW.id
    AND r.used_at IS NULL;
  RETURN NULL;
END $function$;

-- How many people there are in a directory, or in the organization where that is null, in one of the statuses or in
-- any.
CREATE OR REPLACE FUNCTION public.people_count(p_organization_id text, p_directory_id text, p_statuses text[])
 RETURNS integer
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  IF p_organization_id IS DISTINCT FROM current_setting('rolecall.organization_id', true) THEN RETURN 0; END IF;
  RETURN (SELECT coalesce(sum(c.people), 0) FROM people_counts c WHERE c.organization_id = p_organization_id
    AND (p_directory_id IS NULL OR c.directory_id = p_directory_id) AND (p_statuses IS NULL OR c.status = ANY (p_statuses)));
END $function$;
GRANT EXECUTE ON FUNCTION people_count(text, text, text[]) TO rolecall_server;

-- Adds up the changes of an organization, but for those that another transaction takes just now.
CREATE OR REPLACE FUNCTION public.fold_people_counts(p_organization_id text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  WITH free AS (
    SELECT c.id FROM people_counts c WHERE c.organization_id = p_organization_id FOR UPDATE SKIP LOCKED
  ), taken AS (
    DELETE FROM people_counts c USING free WHERE c.organization_id = p_organization_id AND c.id = free.id
    RETURNING c.directory_id, c.status, c.people)
  INSERT INTO people_counts (organization_id, directory_id, status, people)
    SELECT p_organization_id, t.directory_id, t.status, sum(t.people) FROM taken t GROUP BY t.directory_id, t.status
    HAVING sum(t.people) <> 0;
END $function$;
-- Called by functions of ours only.

-- Notes by how many people there are more, by directory and status.
-- Trigger of users (count_new_people).
CREATE OR REPLACE FUNCTION public.count_new_people()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  INSERT INTO people_counts (organization_id, directory_id, status, people)
    SELECT n.organization_id, n.directory_id, n.status, count(*) FROM fresh n WHERE n.deleted_at IS NULL
    GROUP BY n.organization_id, n.directory_id, n.status;
  IF random() < 0.01 THEN
    PERFORM fold_people_counts(o.id) FROM (SELECT DISTINCT n.organization_id AS id FROM fresh n) o;
  END IF;
  RETURN NULL;
END $function$;

-- Notes in which status, or which directory, there is one fewer and in which one more.
-- Trigger of users (count_changed_person).
CREATE OR REPLACE FUNCTION public.count_changed_person()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  INSERT INTO people_counts (organization_id, directory_id, status, people)
    SELECT v.organization_id, v.directory_id, v.status, v.people FROM (VALUES
      (OLD.organization_id, OLD.directory_id, OLD.status, -1, OLD.deleted_at),
      (NEW.organization_id, NEW.directory_id, NEW.status, 1, NEW.deleted_at)
    ) v (organization_id, directory_id, status, people, deleted_at) WHERE v.deleted_at IS NULL;
  IF random() < 0.01 THEN PERFORM fold_people_counts(NEW.organization_id); END IF;
  RETURN NULL;
END $function$;

-- Notes by how many people there are fewer, whose rows are gone.
-- Trigger of users (count_gone_people).
CREATE OR REPLACE FUNCTION public.count_gone_people()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  INSERT INTO people_counts (organization_id, directory_id, status, people)
    SELECT g.organization_id, g.directory_id, g.status, -count(*) FROM gone g WHERE g.deleted_at IS NULL
    GROUP BY g.organization_id, g.directory_id, g.status;
  RETURN NULL;
END $function$;

-- People of the transaction's organization whose names or addresses hold every one of the texts (bare, each at least
-- one character). Row-level security would keep the index from being used, so it reads past it, inside that
-- organization.
CREATE OR REPLACE FUNCTION public.find_users(p_texts text[])
 RETURNS TABLE(user_id text)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  v_organization_id text := current_setting('rolecall.organization_id', true);
  v_patterns text[] := ARRAY(SELECT '%' || replace(replace(replace(t, '\', '\\'), '%', '\%'), '_', '\_') || '%'
    FROM unnest(p_texts) t ORDER BY length(t) DESC);
BEGIN
  IF length(v_patterns[1]) >= 5 THEN
    RETURN QUERY SELECT u.id FROM users u WHERE u.organization_id = v_organization_id AND u.deleted_at IS NULL
      AND u.search_key LIKE v_patterns[1] AND u.search_key LIKE ALL (v_patterns);
  ELSE
    -- Too short for trigrams: the index would be read as a whole.
    RETURN QUERY SELECT u.id FROM users u WHERE u.organization_id = v_organization_id AND u.deleted_at IS NULL
      AND (u.search_key || '') LIKE ALL (v_patterns);
  END IF;
END
$function$;
GRANT EXECUTE ON FUNCTION find_users(text[]) TO rolecall_server;

-- People whose names may hold the text (bare, plain ASCII); not all of them where there are more than p_most.
CREATE OR REPLACE FUNCTION public.users_with(p_organization_id text, p_text text, p_most integer)
 RETURNS TABLE(user_id text)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET plan_cache_mode TO 'force_custom_plan'
AS $function$
DECLARE
  v_pattern text := '%' || replace(replace(replace(p_text, '\', '\\'), '%', '\%'), '_', '\_') || '%';
BEGIN
  IF p_organization_id IS DISTINCT FROM current_setting('rolecall.organization_id', true) THEN RETURN; END IF;
  RETURN QUERY SELECT u.id FROM users u WHERE u.organization_id = p_organization_id AND u.deleted_at IS NULL
    AND u.search_key LIKE v_pattern LIMIT p_most;
  RETURN QUERY SELECT u.id FROM users u WHERE u.organization_id = p_organization_id AND u.deleted_at IS NULL
    AND u.user_name_key LIKE '%xn--%' LIMIT p_most;
END $function$;
GRANT EXECUTE ON FUNCTION users_with(text, text, integer) TO rolecall_server;

-- A user as SCIM has them, for the filters of mappings.
CREATE OR REPLACE FUNCTION public.user_document(p_attributes jsonb, p_user_name text, p_external_id text, p_display_name text, p_status text)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
AS $function$
  SELECT p_attributes || jsonb_strip_nulls(jsonb_build_object('userName', p_user_name, 'externalId', p_external_id,
    'displayName', p_display_name, 'active', p_status IN ('active', 'invited'))) $function$;
GRANT EXECUTE ON FUNCTION user_document(jsonb, text, text, text, text) TO PUBLIC;

-- The same of a row, for servers of the version before this one.
CREATE OR REPLACE FUNCTION public.user_document(u users)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
AS $function$
  SELECT u.attributes || jsonb_strip_nulls(jsonb_build_object('userName', u.user_name, 'externalId', u.external_id,
    'displayName', u.display_name, 'active', u.status IN ('active', 'invited'))) $function$;
GRANT EXECUTE ON FUNCTION user_document(users) TO PUBLIC;

-- The given groups and those inside of them, by however many steps: their members are in the given groups.
CREATE OR REPLACE FUNCTION public.groups_below(p_organization_id text, p_group_ids text[])
 RETURNS TABLE(group_id text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  WITH RECURSIVE below (group_id) AS (
    SELECT unnest(p_group_ids)
    UNION SELECT n.child_group_id FROM below JOIN group_nestings n
      ON n.organization_id = p_organization_id AND n.group_id = below.group_id)
  SELECT below.group_id FROM below $function$;
-- Called by functions of ours only.

-- The given groups and those that they are in, by however many steps.
CREATE OR REPLACE FUNCTION public.groups_above(p_organization_id text, p_group_ids text[])
 RETURNS TABLE(group_id text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  WITH RECURSIVE above (group_id) AS (
    SELECT unnest(p_group_ids)
    UNION SELECT n.group_id FROM above JOIN group_nestings n
      ON n.organization_id = p_organization_id AND n.child_group_id = above.group_id)
  SELECT above.group_id FROM above $function$;
-- Called by functions of ours only.

-- The group and those that it is in, of the organization entered.
CREATE OR REPLACE FUNCTION public.groups_over(p_group_id text)
 RETURNS TABLE(group_id text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT a.group_id FROM groups_above(current_setting('rolecall.organization_id'), ARRAY[p_group_id]) a $function$;
GRANT EXECUTE ON FUNCTION groups_over(text) TO PUBLIC;
GRANT EXECUTE ON FUNCTION groups_over(text) TO rolecall_server;

-- Whoever is in the group, or in one that is in it, of the organization entered.
CREATE OR REPLACE FUNCTION public.members_below(p_group_id text)
 RETURNS TABLE(user_id text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT DISTINCT gm.user_id FROM groups_below(current_setting('rolecall.organization_id'), ARRAY[p_group_id]) b
    JOIN group_members gm ON gm.organization_id = current_setting('rolecall.organization_id') AND gm.group_id = b.group_id $function$;
GRANT EXECUTE ON FUNCTION members_below(text) TO PUBLIC;
GRANT EXECUTE ON FUNCTION members_below(text) TO rolecall_server;

-- Stops the transaction (RC400) where a write refers to something that does not exist; the message lists what.
CREATE OR REPLACE FUNCTION public.refuse_missing(p_missing text[])
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
BEGIN
  IF coalesce(cardinality(p_missing), 0) > 0 THEN
    RAISE EXCEPTION '%', array_to_string(p_missing[1:5], ', ') USING ERRCODE = 'RC400';
  END IF;
  RETURN true;
END
$function$;
GRANT EXECUTE ON FUNCTION refuse_missing(text[]) TO PUBLIC;

-- When somebody was last active, to the hour. A row that is being changed is left alone: whoever deactivates a person
-- goes from the user to the session, and this the other way.
-- Trigger of sessions (note_activity), sessions (note_activity_later).
CREATE OR REPLACE FUNCTION public.note_activity()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  UPDATE users u SET last_active_at = now() WHERE (u.organization_id, u.id) IN (
    SELECT x.organization_id, x.id FROM users x WHERE x.organization_id = NEW.organization_id AND x.id = NEW.user_id
      AND (x.last_active_at IS NULL OR x.last_active_at < now() - interval '1 hour')
    FOR NO KEY UPDATE SKIP LOCKED);
  RETURN NULL;
END
$function$;

-- =====================================================================================================================
-- Directories of identity providers (SCIM)
--
-- What pushes people and groups here, with which tokens, and what it asked for.

-- An organization's SCIM feed.
CREATE TABLE directories (
  organization_id text NOT NULL,
  id text NOT NULL,
  name text NOT NULL,
  status text DEFAULT 'active'::text NOT NULL,
  created_at timestamp(3) with time zone NOT NULL,
  updated_at timestamp(3) with time zone NOT NULL,
  arrivals text DEFAULT 'active'::text NOT NULL,
  -- What happens where it brings somebody whom the organization has from elsewhere.
  adoption text DEFAULT 'verified_domain'::text NOT NULL,
  brake text DEFAULT 'on'::text NOT NULL,
  brake_people integer,
  brake_share integer,
  brake_minutes integer DEFAULT 60 NOT NULL,
  brake_limit integer DEFAULT 25 NOT NULL,
  brake_learned_at timestamp(3) with time zone,
  CONSTRAINT directories_organization_id_id_pk PRIMARY KEY (organization_id, id),
  CONSTRAINT directories_organization_id_organizations_id_fk FOREIGN KEY (organization_id)
    REFERENCES organizations(id) ON DELETE CASCADE
);
ALTER TABLE directories ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON directories FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
CREATE TRIGGER open_or_close_tokens AFTER UPDATE OF status ON directories
  FOR EACH ROW WHEN (old.status IS DISTINCT FROM new.status) EXECUTE FUNCTION open_or_close_tokens();
GRANT SELECT, INSERT, UPDATE, DELETE ON directories TO rolecall_server;

-- People whom a directory brought, and the organization has from elsewhere, where the directory's word is not enough.
CREATE TABLE adoption_requests (
  organization_id text NOT NULL,
  id text NOT NULL,
  directory_id text NOT NULL,
  user_id text NOT NULL,
  reason text NOT NULL,
  -- What the directory says of them.
  content jsonb NOT NULL,
  user_name_key text NOT NULL,
  external_id text,
  status text NOT NULL,
  created_at timestamp(3) with time zone NOT NULL,
  last_seen_at timestamp(3) with time zone NOT NULL,
  decided_at timestamp(3) with time zone,
  decided_by text,
  CONSTRAINT adoption_requests_organization_id_id_pk PRIMARY KEY (organization_id, id),
  CONSTRAINT adoption_requests_organization_id_directory_id_directories_orga FOREIGN KEY (organization_id, directory_id)
    REFERENCES directories(organization_id, id) ON DELETE CASCADE,
  CONSTRAINT adoption_requests_organization_id_user_id_users_organization_id FOREIGN KEY (organization_id, user_id)
    REFERENCES users(organization_id, id) ON DELETE CASCADE
);
CREATE INDEX adoption_requests_name ON adoption_requests USING btree (organization_id, directory_id, user_name_key);
CREATE UNIQUE INDEX adoption_requests_once ON adoption_requests USING btree (organization_id, directory_id, user_id);
CREATE INDEX adoption_requests_user ON adoption_requests USING btree (organization_id, user_id);
ALTER TABLE adoption_requests ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON adoption_requests FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON adoption_requests TO rolecall_server;

-- Addresses that a directory wants people to have, where the organization never changes one without an administrator's
-- word.
CREATE TABLE address_proposals (
  organization_id text NOT NULL,
  user_id text NOT NULL,
  directory_id text NOT NULL,
  user_name text NOT NULL,
  emails jsonb NOT NULL,
  status text NOT NULL,
  created_at timestamp(3) with time zone NOT NULL,
  last_seen_at timestamp(3) with time zone NOT NULL,
  decided_at timestamp(3) with time zone,
  decided_by text,
  CONSTRAINT address_proposals_organization_id_user_id_pk PRIMARY KEY (organization_id, user_id),
  CONSTRAINT address_proposals_organization_id_directory_id_directories_orga FOREIGN KEY (organization_id, directory_id)
    REFERENCES directories(organization_id, id) ON DELETE CASCADE,
  CONSTRAINT address_proposals_organization_id_user_id_users_organization_id FOREIGN KEY (organization_id, user_id)
    REFERENCES users(organization_id, id) ON DELETE CASCADE
);
CREATE INDEX address_proposals_directory ON address_proposals USING btree (organization_id, directory_id);
ALTER TABLE address_proposals ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON address_proposals FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON address_proposals TO rolecall_server;

-- Who may have access tokens for a directory: by a secret or key of their own (OAuth 2.0 client credentials), or, for
-- entra, by what a tenant of Entra ID issues itself. settings: public keys, or tenant and audience.
CREATE TABLE directory_clients (
  organization_id text NOT NULL,
  id text NOT NULL,
  directory_id text NOT NULL,
  name text NOT NULL,
  kind text NOT NULL,
  secret_hash text,
  settings jsonb NOT NULL,
  created_at timestamp(3) with time zone NOT NULL,
  expires_at timestamp(3) with time zone,
  revoked_at timestamp(3) with time zone,
  CONSTRAINT directory_clients_organization_id_id_pk PRIMARY KEY (organization_id, id),
  CONSTRAINT directory_clients_organization_id_directory_id_directories_orga FOREIGN KEY (organization_id, directory_id)
    REFERENCES directories(organization_id, id) ON DELETE CASCADE
);
CREATE INDEX directory_clients_directory ON directory_clients USING btree (directory_id);
CREATE UNIQUE INDEX directory_clients_id ON directory_clients USING btree (id);
ALTER TABLE directory_clients ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON directory_clients FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON directory_clients TO rolecall_server;

-- Bearer tokens of a directory, several at once; only the SHA-256 is kept.
CREATE TABLE directory_tokens (
  organization_id text NOT NULL,
  id text NOT NULL,
  directory_id text NOT NULL,
  token_hash text NOT NULL,
  last_four text NOT NULL,
  created_at timestamp(3) with time zone NOT NULL,
  expires_at timestamp(3) with time zone,
  revoked_at timestamp(3) with time zone,
  last_used_at timestamp(3) with time zone,
  -- Kept by triggers: directory and organization are active, so that the entry has to look at one row only.
  is_open boolean DEFAULT true NOT NULL,
  -- Of an access token: the client that it was given to, whose revocation ends it.
  client_id text,
  CONSTRAINT directory_tokens_organization_id_id_pk PRIMARY KEY (organization_id, id),
  CONSTRAINT directory_tokens_token_hash_unique UNIQUE (token_hash),
  CONSTRAINT directory_tokens_organization_id_client_id_directory_clients_or FOREIGN KEY (organization_id, client_id)
    REFERENCES directory_clients(organization_id, id) ON DELETE CASCADE,
  CONSTRAINT directory_tokens_organization_id_directory_id_directories_organ FOREIGN KEY (organization_id, directory_id)
    REFERENCES directories(organization_id, id) ON DELETE CASCADE
);
CREATE INDEX directory_tokens_client ON directory_tokens USING btree (organization_id, client_id) WHERE (client_id IS NOT NULL);
CREATE INDEX directory_tokens_directory ON directory_tokens USING btree (organization_id, directory_id);
ALTER TABLE directory_tokens ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON directory_tokens FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
CREATE TRIGGER open_new_token BEFORE INSERT ON directory_tokens
  FOR EACH ROW EXECUTE FUNCTION open_new_token();
GRANT SELECT, INSERT, UPDATE, DELETE ON directory_tokens TO rolecall_server;

-- When a directory last asked for something, and how that went; written in batches, off the path of the request.
CREATE TABLE directory_activity (
  organization_id text NOT NULL,
  directory_id text NOT NULL,
  first_request_at timestamp(3) with time zone NOT NULL,
  last_request_at timestamp(3) with time zone NOT NULL,
  last_change_at timestamp(3) with time zone,
  last_error_at timestamp(3) with time zone,
  last_error text,
  user_agent text,
  CONSTRAINT directory_activity_organization_id_directory_id_pk PRIMARY KEY (organization_id, directory_id),
  CONSTRAINT directory_activity_organization_id_directory_id_directories_org FOREIGN KEY (organization_id, directory_id)
    REFERENCES directories(organization_id, id) ON DELETE CASCADE
);
ALTER TABLE directory_activity ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON directory_activity FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON directory_activity TO rolecall_server;

-- Requests of identity providers and our answers, redacted, for as long as the organization keeps them.
CREATE TABLE provisioning_events (
  organization_id text NOT NULL,
  id text NOT NULL,
  directory_id text NOT NULL,
  occurred_at timestamp(3) with time zone NOT NULL,
  method text NOT NULL,
  path text NOT NULL,
  status integer NOT NULL,
  duration_millis integer NOT NULL,
  request jsonb,
  response jsonb,
  quirks jsonb NOT NULL,
  target_id text,
  user_agent text,
  request_id text NOT NULL,
  CONSTRAINT provisioning_events_organization_id_id_pk PRIMARY KEY (organization_id, id),
  CONSTRAINT provisioning_events_organization_id_organizations_id_fk FOREIGN KEY (organization_id)
    REFERENCES organizations(id) ON DELETE CASCADE
);
CREATE INDEX provisioning_events_age ON provisioning_events USING btree (occurred_at);
CREATE INDEX provisioning_events_directory ON provisioning_events USING btree (organization_id, directory_id, id);
CREATE INDEX provisioning_events_failed ON provisioning_events USING btree (organization_id, id) WHERE (status >= 400);
CREATE INDEX provisioning_events_target ON provisioning_events USING btree (organization_id, target_id, id) WHERE (target_id IS NOT NULL);
ALTER TABLE provisioning_events ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON provisioning_events FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON provisioning_events TO rolecall_server;

-- Attributes of extensions that no standard describes, as a directory has sent them or as they were registered: what
-- discovery declares and filters may name. key is the full name in lower case, name a path for a sub-attribute.
CREATE TABLE extension_attributes (
  organization_id text NOT NULL,
  directory_id text NOT NULL,
  resource text NOT NULL,
  key text NOT NULL,
  urn text NOT NULL,
  name text NOT NULL,
  type text NOT NULL,
  multi_valued boolean NOT NULL,
  -- Registered: what is sent changes neither type nor multi_valued.
  is_given boolean DEFAULT false NOT NULL,
  created_at timestamp(3) with time zone NOT NULL,
  CONSTRAINT extension_attributes_organization_id_directory_id_resource_key_ PRIMARY KEY (organization_id, directory_id, resource, key),
  CONSTRAINT extension_attributes_organization_id_directory_id_directories_o FOREIGN KEY (organization_id, directory_id)
    REFERENCES directories(organization_id, id) ON DELETE CASCADE
);
ALTER TABLE extension_attributes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON extension_attributes FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON extension_attributes TO rolecall_server;

-- What people lost by the word of a directory, one row for a person and a group.
CREATE TABLE directory_losses (
  organization_id text NOT NULL,
  id bigint GENERATED BY DEFAULT AS IDENTITY NOT NULL,
  directory_id text NOT NULL,
  occurred_at timestamp(3) with time zone NOT NULL,
  kind text NOT NULL,
  user_id text NOT NULL,
  group_id text,
  child_group_id text,
  status text NOT NULL,
  counts boolean NOT NULL,
  has_left boolean DEFAULT false NOT NULL,
  outcome text,
  CONSTRAINT directory_losses_organization_id_id_pk PRIMARY KEY (organization_id, id),
  CONSTRAINT directory_losses_organization_id_organizations_id_fk FOREIGN KEY (organization_id)
    REFERENCES organizations(id) ON DELETE CASCADE
);
CREATE INDEX directory_losses_time ON directory_losses USING btree (organization_id, directory_id, occurred_at);
CREATE SEQUENCE directory_losses_id_seq AS bigint START WITH 1 INCREMENT BY 1 OWNED BY directory_losses.id;
ALTER TABLE directory_losses ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON directory_losses FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON directory_losses TO rolecall_server;

-- More people lost something by a directory than it may take in a time: what takes rights waits for an administrator.
CREATE TABLE mass_changes (
  organization_id text NOT NULL,
  id text NOT NULL,
  directory_id text NOT NULL,
  began_at timestamp(3) with time zone NOT NULL,
  tripped_at timestamp(3) with time zone NOT NULL,
  ended_at timestamp(3) with time zone,
  people_limit integer,
  status text NOT NULL,
  decided_at timestamp(3) with time zone,
  decided_by text,
  CONSTRAINT mass_changes_organization_id_id_pk PRIMARY KEY (organization_id, id),
  CONSTRAINT mass_changes_organization_id_directory_id_directories_organizat FOREIGN KEY (organization_id, directory_id)
    REFERENCES directories(organization_id, id) ON DELETE CASCADE
);
CREATE INDEX mass_changes_directory ON mass_changes USING btree (organization_id, directory_id, id);
ALTER TABLE mass_changes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON mass_changes FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON mass_changes TO rolecall_server;

-- Notes what people lose by a directory, before they do. The mass change that is under way, which then keeps what only
-- takes rights; null where the directory may take it.
CREATE OR REPLACE FUNCTION public.note_losses(p_directory_id text, p_kind text, p_user_ids text[], p_group_id text, p_child_group_id text, p_now timestamp with time zone)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET enable_seqscan TO 'off'
AS $function$
DECLARE
  p_organization_id text := current_setting('rolecall.organization_id');
  v_directory record;
  v_counts boolean := p_group_id IS NULL;
  v_wave text;
  v_since timestamptz;
  v_people integer;
  v_began timestamptz;
  v_alarm text;
BEGIN
  IF p_directory_id IS NULL OR cardinality(p_user_ids) = 0 THEN RETURN NULL; END IF;
  SELECT d.name, d.brake, d.brake_minutes, d.brake_limit,
      (SELECT l.occurred_at FROM directory_losses l WHERE l.organization_id = p_organization_id
        AND l.directory_id = p_directory_id ORDER BY l.occurred_at DESC LIMIT 1) AS last,
      (SELECT m.id FROM mass_changes m WHERE m.organization_id = p_organization_id AND m.directory_id = p_directory_id
        AND m.ended_at IS NULL LIMIT 1) AS wave
    INTO v_directory FROM directories d WHERE d.organization_id = p_organization_id AND d.id = p_directory_id;
  v_wave := v_directory.wave;
  -- Of a group counts what gives a role: a mapping, or a team that it fills and that holds one, or is within one that does.
  IF p_group_id IS NOT NULL THEN
    v_counts := EXISTS (SELECT FROM groups_above(p_organization_id, ARRAY[p_group_id]) a
      WHERE EXISTS (SELECT FROM mappings m WHERE m.organization_id = p_organization_id AND m.group_id = a.group_id)
        OR EXISTS (SELECT FROM team_sources s
          JOIN teams t ON t.organization_id = s.organization_id AND t.id = s.team_id
          JOIN team_roles r ON r.organization_id = s.organization_id AND r.team_id IN (t.id, t.parent_id)
          WHERE s.organization_id = p_organization_id AND s.group_id = a.group_id));
  END IF;
  IF v_directory.last < p_now - interval '10 minutes' THEN
    UPDATE mass_changes m SET ended_at = v_directory.last
      WHERE m.organization_id = p_organization_id AND m.directory_id = p_directory_id AND m.ended_at IS NULL;
    v_wave := NULL;
  END IF;
  INSERT INTO directory_losses (organization_id, directory_id, occurred_at, kind, user_id, group_id, child_group_id, status, counts)
    SELECT u.organization_id, p_directory_id, p_now, p_kind, u.id, p_group_id, p_child_group_id, u.status,
      v_counts AND u.status IN ('active', 'invited')
    FROM users u WHERE u.organization_id = p_organization_id AND u.id = ANY (p_user_ids);
  IF v_wave IS NOT NULL OR v_directory.brake = 'off' OR NOT v_counts THEN RETURN v_wave; END IF;
  v_since := greatest(p_now - make_interval(mins => v_directory.brake_minutes), (SELECT max(m.ended_at) FROM mass_changes m
    WHERE m.organization_id = p_organization_id AND m.directory_id = p_directory_id));
  -- No more rows than it takes to tell.
  SELECT count(DISTINCT x.user_id) INTO v_people FROM (SELECT l.user_id FROM directory_losses l
    WHERE l.organization_id = p_organization_id AND l.directory_id = p_directory_id AND l.occurred_at > v_since AND l.counts
    ORDER BY l.occurred_at DESC LIMIT 20 * v_directory.brake_limit + 20) x;
  IF v_people <= v_directory.brake_limit THEN RETURN NULL; END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('brake ' || p_directory_id, 0));
  SELECT m.id INTO v_wave FROM mass_changes m
    WHERE m.organization_id = p_organization_id AND m.directory_id = p_directory_id AND m.ended_at IS NULL;
  IF v_wave IS NOT NULL THEN RETURN v_wave; END IF;
  -- Those who left a while before belong to another day's work.
  SELECT max(g.occurred_at) INTO v_began FROM (SELECT l.occurred_at,
      l.occurred_at - lag(l.occurred_at) OVER (ORDER BY l.occurred_at) AS gap FROM directory_losses l
    WHERE l.organization_id = p_organization_id AND l.directory_id = p_directory_id AND l.occurred_at > v_since) g
    WHERE g.gap IS NULL OR g.gap > interval '10 minutes';
  v_wave := new_id('mch');
  v_alarm := new_id('alm');
  INSERT INTO mass_changes (organization_id, id, directory_id, began_at, tripped_at, people_limit, status)
    VALUES (p_organization_id, v_wave, p_directory_id, v_began, p_now, v_directory.brake_limit, 'open');
  INSERT INTO alarms (organization_id, id, kind, detail, raised_at) VALUES (p_organization_id, v_alarm, 'mass_change',
    jsonb_build_object('massChangeId', v_wave, 'directoryId', p_directory_id, 'name', v_directory.name,
      'limit', v_directory.brake_limit, 'minutes', v_directory.brake_minutes), p_now);
  INSERT INTO audit_events (organization_id, id, occurred_at, actor_type, actor_id, action, target_type, target_id, detail,
      request_id)
    VALUES (p_organization_id, new_id('evt'), p_now, 'system', 'rolecall', 'directory.brake', 'directory', p_directory_id,
      jsonb_build_object('massChange', v_wave, 'alarm', v_alarm, 'limit', v_directory.brake_limit), 'req_brake');
  RETURN v_wave;
END $function$;
GRANT EXECUTE ON FUNCTION note_losses(text, text, text[], text, text, timestamp with time zone) TO PUBLIC;
GRANT EXECUTE ON FUNCTION note_losses(text, text, text[], text, text, timestamp with time zone) TO rolecall_server;

-- Whether a directory may have somebody whom the organization has from elsewhere: own, yes, or why not.
CREATE OR REPLACE FUNCTION public.adoption_verdict(p_organization_id text, p_directory_id text, p_user_id text)
 RETURNS text
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT CASE
    WHEN u.directory_id = d.id THEN 'own'
    WHEN EXISTS (SELECT FROM emergency_accounts e WHERE e.organization_id = u.organization_id AND e.user_id = u.id)
      THEN 'emergency_account'
    WHEN EXISTS (SELECT FROM adoption_requests r WHERE r.organization_id = u.organization_id AND r.directory_id = d.id
      AND r.user_id = u.id AND r.status = 'refused') THEN 'refused'
    WHEN d.adoption = 'never' THEN 'never'
    WHEN EXISTS (SELECT FROM former_names f WHERE f.organization_id = u.organization_id AND f.user_id = u.id
      AND f.kind = 'directory' AND f.value_key = d.id) THEN 'taken_over'
    WHEN d.adoption = 'confirm' THEN 'confirm'
    WHEN manages_anything(u.organization_id, u.id) THEN 'manager'
    WHEN d.adoption = 'always' THEN 'yes'
    WHEN EXISTS (SELECT FROM domains m WHERE m.organization_id = u.organization_id AND m.status = 'verified'
      AND m.name = split_part(u.email_key, '@', 2)
      AND NOT EXISTS (SELECT FROM domain_connections b JOIN connections c ON c.organization_id = b.organization_id
          AND c.id = b.connection_id
        WHERE b.organization_id = m.organization_id AND b.domain_id = m.id AND c.directory_id <> d.id)) THEN 'yes'
    ELSE 'unverified' END
  FROM users u JOIN directories d ON d.organization_id = u.organization_id AND d.id = p_directory_id
  WHERE u.organization_id = p_organization_id AND u.id = p_user_id AND u.deleted_at IS NULL $function$;
GRANT EXECUTE ON FUNCTION adoption_verdict(text, text, text) TO PUBLIC;

-- Of somebody whom a directory brings: the invited person that they are, whether an administrator had switched them off
-- under any name that they had, and whether the people of the directory wait.
CREATE OR REPLACE FUNCTION public.arrival_of(p_organization_id text, p_directory_id text, p_user_name text, p_user_name_key text, p_external_id text, p_attributes jsonb)
 RETURNS TABLE(invited_id text, is_held boolean, is_staged boolean)
 LANGUAGE plpgsql
 SECURITY DEFINER
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
GRANT EXECUTE ON FUNCTION arrival_of(text, text, text, text, text, jsonb) TO rolecall_server;

-- Whether a directory finds somebody: its own people, those whom it may have, and those whom it asked for.
CREATE OR REPLACE FUNCTION public.is_findable(p_organization_id text, p_directory_id text, p_user_id text)
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT adoption_verdict(p_organization_id, p_directory_id, p_user_id) IN ('own', 'yes')
    OR EXISTS (SELECT FROM adoption_requests r WHERE r.organization_id = p_organization_id
      AND r.directory_id = p_directory_id AND r.user_id = p_user_id) $function$;
GRANT EXECUTE ON FUNCTION is_findable(text, text, text) TO PUBLIC;

-- Whose token this is, before any organization is entered. It reads past row-level security, by the hash alone; whether
-- the token works is decided by the entry.
CREATE OR REPLACE FUNCTION public.resolve_directory_token(p_token_hash text)
 RETURNS TABLE(organization_id text, directory_id text, token_id text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$ SELECT t.organization_id, t.directory_id, t.id FROM directory_tokens t WHERE t.token_hash = p_token_hash $function$;
GRANT EXECUTE ON FUNCTION resolve_directory_token(text) TO rolecall_server;

-- Whose a client is, before any organization is entered; says nothing of whether it still counts.
CREATE OR REPLACE FUNCTION public.resolve_directory_client(p_client_id text)
 RETURNS TABLE(organization_id text, directory_id text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT c.organization_id, c.directory_id FROM directory_clients c WHERE c.id = p_client_id $function$;
GRANT EXECUTE ON FUNCTION resolve_directory_client(text) TO rolecall_server;

-- Whose tokens a directory takes that were issued elsewhere, before any organization is entered.
CREATE OR REPLACE FUNCTION public.resolve_directory_issuers(p_directory_id text)
 RETURNS TABLE(organization_id text, client_id text, settings jsonb)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT c.organization_id, c.id, c.settings FROM directory_clients c WHERE c.directory_id = p_directory_id
    AND c.kind = 'entra' AND c.revoked_at IS NULL AND (c.expires_at IS NULL OR c.expires_at > now()) $function$;
GRANT EXECUTE ON FUNCTION resolve_directory_issuers(text) TO rolecall_server;

-- The entry of a directory's transaction: sets the organization that row-level security holds it to, and refuses
-- (RC401) a token that is revoked, expired or of another directory, in the very transaction of the work. What a
-- directory decides about the last administrator is honoured. Names are qualified in place of a search_path setting,
-- which would cost as much as the look-up.
CREATE OR REPLACE FUNCTION public.enter_directory(p_organization_id text, p_directory_id text, p_token_hash text)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
AS $function$
DECLARE
  v_organization_id text := pg_catalog.set_config('rolecall.organization_id', p_organization_id, true);
  v_honour text := pg_catalog.set_config('rolecall.last_administrator', 'honour', true);
BEGIN
  PERFORM FROM public.directory_tokens t
    WHERE t.token_hash = p_token_hash AND t.organization_id = p_organization_id AND t.directory_id = p_directory_id
      AND t.is_open AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > pg_catalog.now());
  IF NOT FOUND THEN
    RAISE EXCEPTION 'directory token refused' USING ERRCODE = 'RC401';
  END IF;
  RETURN p_organization_id;
END $function$;
GRANT EXECUTE ON FUNCTION enter_directory(text, text, text) TO rolecall_server;

-- A new token is open where its directory and its organization are active.
-- Trigger of directory_tokens (open_new_token).
CREATE OR REPLACE FUNCTION public.open_new_token()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  NEW.is_open := EXISTS (
    SELECT FROM directories d JOIN organizations o ON o.id = d.organization_id
    WHERE d.organization_id = NEW.organization_id AND d.id = NEW.directory_id
      AND d.status = 'active' AND o.status = 'active');
  RETURN NEW;
END
$function$;

-- A directory that is switched off or on closes or opens its tokens with it.
-- Trigger of directories (open_or_close_tokens).
CREATE OR REPLACE FUNCTION public.open_or_close_tokens()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  UPDATE directory_tokens t SET is_open = NEW.status = 'active' AND EXISTS (
      SELECT FROM organizations o WHERE o.id = NEW.organization_id AND o.status = 'active')
    WHERE t.organization_id = NEW.organization_id AND t.directory_id = NEW.id;
  RETURN NULL;
END
$function$;

-- Keeps attributes of extensions that are seen for the first time, or in another form; of a directory the first 500.
-- Trigger of groups (note_extension_attributes), users (note_extension_attributes).
CREATE OR REPLACE FUNCTION public.note_extension_attributes()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  INSERT INTO extension_attributes AS x (organization_id, directory_id, resource, key, urn, name, type, multi_valued, created_at)
    SELECT NEW.organization_id, NEW.directory_id, TG_ARGV[0], s.key, s.urn, s.name, s.type, s.multi_valued, now()
      FROM extension_shape(NEW.attributes) s LEFT JOIN extension_attributes k ON k.organization_id = NEW.organization_id
        AND k.directory_id = NEW.directory_id AND k.resource = TG_ARGV[0] AND k.key = s.key
      WHERE (k.key IS NULL AND (SELECT count(*) FROM extension_attributes c WHERE c.organization_id = NEW.organization_id
          AND c.directory_id = NEW.directory_id AND c.resource = TG_ARGV[0]) < 500)
        OR (NOT k.is_given AND ((k.type <> s.type AND k.type <> 'string' AND NOT (k.type = 'decimal' AND s.type = 'integer'))
          OR s.multi_valued > k.multi_valued))
      ORDER BY s.key LIMIT 500
    ON CONFLICT (organization_id, directory_id, resource, key) DO UPDATE SET
      type = CASE WHEN x.type = excluded.type THEN x.type
        WHEN x.type IN ('integer', 'decimal') AND excluded.type IN ('integer', 'decimal') THEN 'decimal' ELSE 'string' END,
      multi_valued = x.multi_valued OR excluded.multi_valued
      WHERE NOT x.is_given;
  RETURN NULL;
END
$function$;

-- The attributes of extensions, each with the type that its values have in common.
CREATE OR REPLACE FUNCTION public.extension_shape(p_attributes jsonb)
 RETURNS TABLE(key text, urn text, name text, type text, multi_valued boolean)
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT lower(v.urn || ':' || v.name), min(v.urn), min(v.name), CASE
      WHEN bool_and(jsonb_typeof(v.value) = 'object') THEN 'complex'
      WHEN bool_and(jsonb_typeof(v.value) = 'boolean') THEN 'boolean'
      WHEN bool_and(jsonb_typeof(v.value) = 'number' AND v.value #>> '{}' !~ '[.eE]') THEN 'integer'
      WHEN bool_and(jsonb_typeof(v.value) = 'number') THEN 'decimal'
      ELSE 'string' END, bool_or(v.is_list)
    FROM extension_values(p_attributes) v
    WHERE v.urn <> 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
    GROUP BY lower(v.urn || ':' || v.name) $function$;
GRANT EXECUTE ON FUNCTION extension_shape(jsonb) TO PUBLIC;

-- Each value below an extension: of an attribute, of an element of a list, of a sub-attribute of either.
CREATE OR REPLACE FUNCTION public.extension_values(p_attributes jsonb)
 RETURNS TABLE(urn text, name text, is_list boolean, value jsonb)
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
 WITH attribute AS (
          SELECT e.key AS urn,
             a.key AS name,
             a.value
            FROM (jsonb_each(extension_values.p_attributes) e(key, value)
              CROSS JOIN LATERAL jsonb_each(
                 CASE
                     WHEN (jsonb_typeof(e.value) = 'object'::text) THEN e.value
                     ELSE '{}'::jsonb
                 END) a(key, value))
           WHERE ((lower(e.key) ~~ 'urn:%'::text) AND (a.key ~ '^[A-Za-z$_][A-Za-z0-9$_-]*$'::text))
         ), element AS (
          SELECT t.urn,
             t.name,
             (jsonb_typeof(t.value) = 'array'::text) AS is_list,
             x.x AS value
            FROM (attribute t
              CROSS JOIN LATERAL jsonb_path_query(t.value, '$[*]'::jsonpath) x(x))
         )
  SELECT element.urn,
     element.name,
     element.is_list,
     element.value
    FROM element
 UNION ALL
  SELECT element.urn,
     ((element.name || '.'::text) || s.key),
     (jsonb_typeof(s.value) = 'array'::text),
     x.x
    FROM ((element
      CROSS JOIN LATERAL jsonb_each(
         CASE
             WHEN (jsonb_typeof(element.value) = 'object'::text) THEN element.value
             ELSE '{}'::jsonb
         END) s(key, value))
      CROSS JOIN LATERAL jsonb_path_query(s.value, '$[*]'::jsonpath) x(x))
   WHERE (s.key ~ '^[A-Za-z$_][A-Za-z0-9$_-]*$'::text);
END;
GRANT EXECUTE ON FUNCTION extension_values(jsonb) TO PUBLIC;

-- Whether there is anything of an extension that no standard describes.
CREATE OR REPLACE FUNCTION public.has_own_extension(p_attributes jsonb)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN jsonb_path_exists(p_attributes, '$.keyvalue()?((@."key" starts with "urn:" || @."key" starts with "URN:") && @."key" != "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User")'::jsonpath);
GRANT EXECUTE ON FUNCTION has_own_extension(jsonb) TO PUBLIC;

-- Name and folded value of text in an extension, hashed, so that no length is too much for the index.
CREATE OR REPLACE FUNCTION public.extension_term(p_name text, p_value text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN md5(((lower(p_name) || '
'::text) || fold(p_value)));
GRANT EXECUTE ON FUNCTION extension_term(text, text) TO PUBLIC;

-- What is looked for by an index in extensions that no standard describes.
CREATE OR REPLACE FUNCTION public.extension_terms(p_attributes jsonb)
 RETURNS text[]
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN (SELECT array_agg(DISTINCT extension_term(((v.urn || ':'::text) || v.name), (v.value #>> '{}'::text[]))) AS array_agg FROM extension_values(extension_terms.p_attributes) v(urn, name, is_list, value) WHERE ((jsonb_typeof(v.value) <> 'object'::text) AND (v.urn <> 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'::text)));
GRANT EXECUTE ON FUNCTION extension_terms(jsonb) TO PUBLIC;

-- People of the transaction's organization who have the text in the attribute of an extension, in whatever case; of the
-- enterprise extension only the manager is looked for. Row-level security would keep the index from being used, so it
-- reads past it, inside that organization.
CREATE OR REPLACE FUNCTION public.users_by_extension(p_name text, p_value text)
 RETURNS TABLE(user_id text)
 LANGUAGE sql
 STABLE SECURITY DEFINER ROWS 10
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT u.id FROM users u
    WHERE lower(p_name) = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:user:manager.value'
      AND u.organization_id = current_setting('rolecall.organization_id', true) AND u.deleted_at IS NULL
      AND md5(fold(u.attributes #>> '{urn:ietf:params:scim:schemas:extension:enterprise:2.0:User,manager,value}')) = md5(fold(p_value))
      AND u.attributes #>> '{urn:ietf:params:scim:schemas:extension:enterprise:2.0:User,manager,value}' IS NOT NULL
  UNION ALL
  SELECT u.id FROM users u
    WHERE lower(p_name) <> 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:user:manager.value'
      AND has_own_extension(u.attributes) AND extension_terms(u.attributes) @> ARRAY[extension_term(p_name, p_value)]
      AND u.organization_id = current_setting('rolecall.organization_id', true) AND u.deleted_at IS NULL $function$;
GRANT EXECUTE ON FUNCTION users_by_extension(text, text) TO rolecall_server;

-- =====================================================================================================================
-- Access: roles, mappings, assignments
--
-- Who may do what. Nothing of it is copied to people: the view effective_assignments says who holds which role, and
-- through what.

-- Named sets of permissions with a stated purpose. Built-in ones come from a role pack and cannot be edited.
CREATE TABLE roles (
  organization_id text NOT NULL,
  id text NOT NULL,
  key text NOT NULL,
  name text NOT NULL,
  purpose text NOT NULL,
  rank integer NOT NULL,
  pack text,
  is_built_in boolean NOT NULL,
  created_at timestamp(3) with time zone NOT NULL,
  updated_at timestamp(3) with time zone NOT NULL,
  owner text,
  review_at timestamp(3) with time zone,
  recorded_at timestamp with time zone DEFAULT now(),
  -- role: what people choose from. override: one permission, allowed or denied, which assignments give to single people
  -- on top of their roles. exception: lets single people hold what a rule keeps apart.
  kind text DEFAULT 'role'::text NOT NULL,
  CONSTRAINT roles_organization_id_id_pk PRIMARY KEY (organization_id, id),
  CONSTRAINT roles_key UNIQUE (organization_id, key),
  CONSTRAINT roles_kind CHECK (kind = ANY (ARRAY['role'::text, 'override'::text, 'exception'::text])),
  CONSTRAINT roles_organization_id_organizations_id_fk FOREIGN KEY (organization_id)
    REFERENCES organizations(id) ON DELETE CASCADE
);
ALTER TABLE roles ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON roles FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
CREATE TRIGGER keep_administrator AFTER UPDATE OF rank ON roles
  FOR EACH ROW WHEN (old.rank IS DISTINCT FROM new.rank) EXECUTE FUNCTION keep_administrator_of_rank();
CREATE TRIGGER keep_deleted AFTER DELETE ON roles REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION history.keep_deleted_roles();
CREATE TRIGGER keep_version BEFORE UPDATE ON roles
  FOR EACH ROW WHEN (old.key IS DISTINCT FROM new.key OR old.name IS DISTINCT FROM new.name OR old.purpose IS DISTINCT FROM new.purpose OR old.rank IS DISTINCT FROM new.rank OR old.owner IS DISTINCT FROM new.owner OR old.review_at IS DISTINCT FROM new.review_at) EXECUTE FUNCTION history.keep_version_of_roles();
CREATE TRIGGER prove_rank AFTER UPDATE OF rank ON roles
  FOR EACH ROW WHEN (old.rank <> new.rank AND current_setting('rolecall.proof'::text, true) = 'stale'::text) EXECUTE FUNCTION prove_rank();
GRANT SELECT, INSERT, UPDATE, DELETE ON roles TO rolecall_server;

-- What a role allows or denies: a deny wins over every allow.
CREATE TABLE role_permissions (
  organization_id text NOT NULL,
  role_id text NOT NULL,
  permission text NOT NULL,
  effect text NOT NULL,
  recorded_at timestamp with time zone DEFAULT now(),
  CONSTRAINT role_permissions_organization_id_role_id_permission_pk PRIMARY KEY (organization_id, role_id, permission),
  CONSTRAINT role_permissions_organization_id_role_id_roles_organization_id_ FOREIGN KEY (organization_id, role_id)
    REFERENCES roles(organization_id, id) ON DELETE CASCADE
);
CREATE INDEX role_permissions_denies ON role_permissions USING btree (organization_id) WHERE (effect = 'deny'::text);
ALTER TABLE role_permissions ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON role_permissions FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
CREATE TRIGGER keep_administrator AFTER DELETE ON role_permissions
  FOR EACH ROW WHEN (old.permission = '*'::text AND old.effect = 'allow'::text) EXECUTE FUNCTION keep_administrator_of_role();
CREATE TRIGGER keep_administrator_of_denies AFTER INSERT ON role_permissions REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION keep_administrator_of_denies();
CREATE TRIGGER keep_deleted AFTER DELETE ON role_permissions REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION history.keep_deleted_role_permissions();
CREATE TRIGGER keep_version BEFORE UPDATE ON role_permissions
  FOR EACH ROW WHEN (old.role_id IS DISTINCT FROM new.role_id OR old.permission IS DISTINCT FROM new.permission OR old.effect IS DISTINCT FROM new.effect) EXECUTE FUNCTION history.keep_version_of_role_permissions();
CREATE TRIGGER prove_permission AFTER INSERT OR DELETE OR UPDATE ON role_permissions
  FOR EACH ROW WHEN (current_setting('rolecall.proof'::text, true) = 'stale'::text) EXECUTE FUNCTION prove_permission();
GRANT SELECT, INSERT, UPDATE, DELETE ON role_permissions TO rolecall_server;

-- Permissions that host applications registered, beside those of the catalogue; their names begin with app.
CREATE TABLE application_permissions (
  organization_id text NOT NULL,
  name text NOT NULL,
  description text NOT NULL,
  parameter text,
  created_at timestamp(3) with time zone NOT NULL,
  created_by text NOT NULL,
  CONSTRAINT application_permissions_organization_id_name_pk PRIMARY KEY (organization_id, name),
  CONSTRAINT application_permissions_organization_id_organizations_id_fk FOREIGN KEY (organization_id)
    REFERENCES organizations(id) ON DELETE CASCADE
);
ALTER TABLE application_permissions ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON application_permissions FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON application_permissions TO rolecall_server;

-- The rule: members of this group, or people who satisfy this filter, hold this role, in the organization or in a
-- brand.
CREATE TABLE mappings (
  organization_id text NOT NULL,
  id text NOT NULL,
  group_id text,
  role_id text NOT NULL,
  brand_id text,
  created_at timestamp(3) with time zone NOT NULL,
  created_by text NOT NULL,
  filter text,
  filter_path text,
  pattern text,
  recorded_at timestamp with time zone DEFAULT now(),
  CONSTRAINT mappings_organization_id_id_pk PRIMARY KEY (organization_id, id),
  CONSTRAINT mappings_once UNIQUE NULLS NOT DISTINCT (organization_id, group_id, filter, role_id, brand_id),
  CONSTRAINT mappings_group_or_filter CHECK ((group_id IS NULL) = (filter IS NOT NULL) AND (filter IS NULL) = (filter_path IS NULL)),
  CONSTRAINT mappings_organization_id_brand_id_brands_organization_id_id_fk FOREIGN KEY (organization_id, brand_id)
    REFERENCES brands(organization_id, id) ON DELETE CASCADE,
  CONSTRAINT mappings_organization_id_group_id_groups_organization_id_id_fk FOREIGN KEY (organization_id, group_id)
    REFERENCES groups(organization_id, id) ON DELETE CASCADE,
  CONSTRAINT mappings_organization_id_role_id_roles_organization_id_id_fk FOREIGN KEY (organization_id, role_id)
    REFERENCES roles(organization_id, id)
);
CREATE INDEX mappings_brand ON mappings USING btree (organization_id, brand_id);
CREATE INDEX mappings_filter ON mappings USING btree (organization_id) WHERE (filter_path IS NOT NULL);
CREATE INDEX mappings_role ON mappings USING btree (organization_id, role_id);
ALTER TABLE mappings ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON mappings FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
CREATE TRIGGER keep_administrator AFTER INSERT OR DELETE OR UPDATE ON mappings
  FOR EACH ROW EXECUTE FUNCTION keep_administrator_of_mapping();
CREATE TRIGGER keep_deleted AFTER DELETE ON mappings REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION history.keep_deleted_mappings();
CREATE TRIGGER keep_version BEFORE UPDATE ON mappings
  FOR EACH ROW WHEN (old.group_id IS DISTINCT FROM new.group_id OR old.role_id IS DISTINCT FROM new.role_id OR old.brand_id IS DISTINCT FROM new.brand_id OR old.filter IS DISTINCT FROM new.filter OR old.filter_path IS DISTINCT FROM new.filter_path) EXECUTE FUNCTION history.keep_version_of_mappings();
CREATE TRIGGER prove_role_given AFTER INSERT OR DELETE OR UPDATE ON mappings
  FOR EACH ROW WHEN (current_setting('rolecall.proof'::text, true) = 'stale'::text) EXECUTE FUNCTION prove_role_given();
GRANT SELECT, INSERT, UPDATE, DELETE ON mappings TO rolecall_server;

-- Direct assignments: somebody holds a role by a decision, for a reason, until a date.
CREATE TABLE assignments (
  organization_id text NOT NULL,
  id text NOT NULL,
  user_id text NOT NULL,
  role_id text NOT NULL,
  brand_id text,
  reason text NOT NULL,
  sponsor text,
  valid_from timestamp(3) with time zone,
  expires_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone NOT NULL,
  created_by text NOT NULL,
  review_at timestamp(3) with time zone,
  reminded_days integer,
  sponsor_left_at timestamp(3) with time zone,
  recorded_at timestamp with time zone DEFAULT now(),
  CONSTRAINT assignments_organization_id_id_pk PRIMARY KEY (organization_id, id),
  CONSTRAINT assignments_once UNIQUE NULLS NOT DISTINCT (organization_id, user_id, role_id, brand_id),
  CONSTRAINT assignments_organization_id_brand_id_brands_organization_id_id_ FOREIGN KEY (organization_id, brand_id)
    REFERENCES brands(organization_id, id) ON DELETE CASCADE,
  CONSTRAINT assignments_organization_id_role_id_roles_organization_id_id_fk FOREIGN KEY (organization_id, role_id)
    REFERENCES roles(organization_id, id),
  CONSTRAINT assignments_organization_id_user_id_users_organization_id_id_fk FOREIGN KEY (organization_id, user_id)
    REFERENCES users(organization_id, id) ON DELETE CASCADE
);
CREATE INDEX assignments_brand ON assignments USING btree (organization_id, brand_id);
CREATE INDEX assignments_ending ON assignments USING btree (expires_at) WHERE (expires_at IS NOT NULL);
CREATE INDEX assignments_role ON assignments USING btree (organization_id, role_id);
CREATE INDEX assignments_sponsored ON assignments USING btree (organization_id) WHERE ((sponsor IS NOT NULL) AND (sponsor_left_at IS NULL));
ALTER TABLE assignments ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON assignments FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
CREATE TRIGGER forget_reminders BEFORE UPDATE OF expires_at ON assignments
  FOR EACH ROW WHEN (old.expires_at IS DISTINCT FROM new.expires_at) EXECUTE FUNCTION forget_reminders();
CREATE TRIGGER keep_administrator AFTER DELETE OR UPDATE ON assignments
  FOR EACH ROW WHEN (old.brand_id IS NULL) EXECUTE FUNCTION keep_administrator_of_assignment();
CREATE TRIGGER keep_administrator_of_new AFTER INSERT ON assignments
  FOR EACH ROW WHEN (new.brand_id IS NULL) EXECUTE FUNCTION keep_administrator_of_assignment();
CREATE TRIGGER keep_deleted AFTER DELETE ON assignments REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION history.keep_deleted_assignments();
CREATE TRIGGER keep_version BEFORE UPDATE ON assignments
  FOR EACH ROW WHEN (old.user_id IS DISTINCT FROM new.user_id OR old.role_id IS DISTINCT FROM new.role_id OR old.brand_id IS DISTINCT FROM new.brand_id OR old.reason IS DISTINCT FROM new.reason OR old.sponsor IS DISTINCT FROM new.sponsor OR old.valid_from IS DISTINCT FROM new.valid_from OR old.expires_at IS DISTINCT FROM new.expires_at OR old.review_at IS DISTINCT FROM new.review_at) EXECUTE FUNCTION history.keep_version_of_assignments();
CREATE TRIGGER prove_role_given AFTER INSERT OR DELETE OR UPDATE ON assignments
  FOR EACH ROW WHEN (current_setting('rolecall.proof'::text, true) = 'stale'::text) EXECUTE FUNCTION prove_role_given();
GRANT SELECT, INSERT, UPDATE, DELETE ON assignments TO rolecall_server;

-- A rule that takes a permission away from everybody in its scope but the holders of the excepted roles.
CREATE TABLE policies (
  organization_id text NOT NULL,
  id text NOT NULL,
  name text NOT NULL,
  permission text NOT NULL,
  brand_id text,
  except_role_ids jsonb NOT NULL,
  created_at timestamp(3) with time zone NOT NULL,
  created_by text NOT NULL,
  recorded_at timestamp with time zone DEFAULT now(),
  CONSTRAINT policies_organization_id_id_pk PRIMARY KEY (organization_id, id),
  CONSTRAINT policies_name UNIQUE (organization_id, name),
  CONSTRAINT policies_organization_id_brand_id_brands_organization_id_id_fk FOREIGN KEY (organization_id, brand_id)
    REFERENCES brands(organization_id, id) ON DELETE CASCADE,
  CONSTRAINT policies_organization_id_organizations_id_fk FOREIGN KEY (organization_id)
    REFERENCES organizations(id) ON DELETE CASCADE
);
ALTER TABLE policies ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON policies FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
CREATE TRIGGER keep_administrator AFTER INSERT OR UPDATE ON policies
  FOR EACH ROW EXECUTE FUNCTION keep_administrator_of_policy();
CREATE TRIGGER keep_deleted AFTER DELETE ON policies REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION history.keep_deleted_policies();
CREATE TRIGGER keep_version BEFORE UPDATE ON policies
  FOR EACH ROW WHEN (old.name IS DISTINCT FROM new.name OR old.permission IS DISTINCT FROM new.permission OR old.brand_id IS DISTINCT FROM new.brand_id OR old.except_role_ids IS DISTINCT FROM new.except_role_ids) EXECUTE FUNCTION history.keep_version_of_policies();
CREATE TRIGGER prove_permission AFTER INSERT OR DELETE OR UPDATE ON policies
  FOR EACH ROW WHEN (current_setting('rolecall.proof'::text, true) = 'stale'::text) EXECUTE FUNCTION prove_permission();
GRANT SELECT, INSERT, UPDATE, DELETE ON policies TO rolecall_server;

-- Two roles or permissions that nobody may hold at once in one place. mode enforce: whoever holds both does not have
-- the second; watch: they are listed. Whoever holds one of except_role_ids, or the exception role, is not concerned.
CREATE TABLE separation_rules (
  organization_id text NOT NULL,
  id text NOT NULL,
  name text NOT NULL,
  purpose text NOT NULL,
  mode text NOT NULL,
  first_role_id text,
  first_permission text,
  second_role_id text,
  second_permission text,
  except_role_ids jsonb NOT NULL,
  exception_role_id text NOT NULL,
  created_at timestamp(3) with time zone NOT NULL,
  created_by text NOT NULL,
  recorded_at timestamp with time zone DEFAULT now(),
  CONSTRAINT separation_rules_organization_id_id_pk PRIMARY KEY (organization_id, id),
  CONSTRAINT separation_rules_name UNIQUE (organization_id, name),
  CONSTRAINT separation_rules_mode CHECK (mode = ANY (ARRAY['watch'::text, 'enforce'::text])),
  CONSTRAINT separation_rules_sides CHECK (num_nonnulls(first_role_id, first_permission) = 1 AND num_nonnulls(second_role_id, second_permission) = 1),
  CONSTRAINT separation_rules_organization_id_exception_role_id_roles_organi FOREIGN KEY (organization_id, exception_role_id)
    REFERENCES roles(organization_id, id),
  CONSTRAINT separation_rules_organization_id_first_role_id_roles_organizati FOREIGN KEY (organization_id, first_role_id)
    REFERENCES roles(organization_id, id),
  CONSTRAINT separation_rules_organization_id_organizations_id_fk FOREIGN KEY (organization_id)
    REFERENCES organizations(id) ON DELETE CASCADE,
  CONSTRAINT separation_rules_organization_id_second_role_id_roles_organizat FOREIGN KEY (organization_id, second_role_id)
    REFERENCES roles(organization_id, id)
);
ALTER TABLE separation_rules ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON separation_rules FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
CREATE TRIGGER keep_deleted AFTER DELETE ON separation_rules REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION history.keep_deleted_separation_rules();
CREATE TRIGGER keep_version BEFORE UPDATE ON separation_rules
  FOR EACH ROW WHEN (old.name IS DISTINCT FROM new.name OR old.purpose IS DISTINCT FROM new.purpose OR old.mode IS DISTINCT FROM new.mode OR old.except_role_ids IS DISTINCT FROM new.except_role_ids) EXECUTE FUNCTION history.keep_version_of_separation_rules();
CREATE TRIGGER prove_separation AFTER INSERT OR DELETE OR UPDATE ON separation_rules
  FOR EACH ROW WHEN (current_setting('rolecall.proof'::text, true) = 'stale'::text) EXECUTE FUNCTION prove_separation();
GRANT SELECT, INSERT, UPDATE, DELETE ON separation_rules TO rolecall_server;

-- Several changes of access under one name: shown together, approved by a second person where the organization wants
-- that, made together, at a time, and taken back together by inverse. hash is what was approved or put on a time.
-- apply_at is empty but while it waits for its time.
CREATE TABLE change_drafts (
  organization_id text NOT NULL,
  id text NOT NULL,
  name text NOT NULL,
  changes jsonb NOT NULL,
  status text NOT NULL,
  hash text,
  apply_at timestamp(3) with time zone,
  scheduled_by text,
  created_by text NOT NULL,
  created_at timestamp(3) with time zone NOT NULL,
  changed_by text NOT NULL,
  changed_at timestamp(3) with time zone NOT NULL,
  decided_by text,
  decided_at timestamp(3) with time zone,
  note text,
  applied_by text,
  applied_at timestamp(3) with time zone,
  inverse jsonb,
  undone_by text,
  undone_at timestamp(3) with time zone,
  fault text,
  -- Whoever has made or changed it, by whatever way: none of them is the second person.
  hands jsonb DEFAULT '[]'::jsonb NOT NULL,
  -- When it was made, by the clock of the database: what has changed since is not taken back over.
  made_at timestamp with time zone,
  CONSTRAINT change_drafts_organization_id_id_pk PRIMARY KEY (organization_id, id),
  CONSTRAINT change_drafts_status CHECK (status = ANY (ARRAY['open'::text, 'waiting'::text, 'approved'::text, 'applied'::text, 'undone'::text, 'discarded'::text])),
  CONSTRAINT change_drafts_organization_id_organizations_id_fk FOREIGN KEY (organization_id)
    REFERENCES organizations(id) ON DELETE CASCADE
);
CREATE INDEX change_drafts_due ON change_drafts USING btree (apply_at) WHERE (apply_at IS NOT NULL);
ALTER TABLE change_drafts ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON change_drafts FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON change_drafts TO rolecall_server;

-- Who holds what, and through what: by a group that is mapped (group_path leads from the group that somebody is a
-- member of to the mapped one), by a filter that they satisfy, directly, or by a team that they are in. Computed, never
-- copied; a condition on user_id reaches the users table, so that one person's access costs what that person has.
CREATE VIEW effective_assignments WITH (security_invoker=true) AS
 SELECT u.organization_id,
    u.id AS user_id,
    m.role_id,
    m.brand_id,
    'mapping'::text AS source,
    m.id AS source_id,
    reached.path AS group_path,
    NULL::text AS reason,
    NULL::timestamp with time zone AS expires_at,
    NULL::text AS filter
   FROM users u
     CROSS JOIN LATERAL ( SELECT ARRAY( SELECT t.mapping_id
                   FROM review_tasks t
                  WHERE t.organization_id = u.organization_id AND t.user_id = u.id AND t.status = 'open'::text) AS mappings
         OFFSET 0) held_back
     CROSS JOIN LATERAL ( WITH RECURSIVE climbed(group_id, path) AS (
                 SELECT gm.group_id,
                    ARRAY[gm.group_id] AS "array"
                   FROM group_members gm
                  WHERE gm.organization_id = u.organization_id AND gm.user_id = u.id
                UNION ALL
                 SELECT n.group_id,
                    climbed_1.path || n.group_id
                   FROM climbed climbed_1
                     JOIN group_nestings n ON n.organization_id = u.organization_id AND n.child_group_id = climbed_1.group_id
                  WHERE n.group_id <> ALL (climbed_1.path)
                )
         SELECT climbed.group_id,
            climbed.path
           FROM climbed) reached
     JOIN mappings m ON m.organization_id = u.organization_id AND m.group_id = reached.group_id
  WHERE m.id <> ALL (held_back.mappings)
UNION ALL
 SELECT u.organization_id,
    u.id AS user_id,
    m.role_id,
    m.brand_id,
    'mapping'::text AS source,
    m.id AS source_id,
    NULL::text[] AS group_path,
    NULL::text AS reason,
    NULL::timestamp with time zone AS expires_at,
    m.filter
   FROM users u
     CROSS JOIN LATERAL ( SELECT ARRAY( SELECT t.mapping_id
                   FROM review_tasks t
                  WHERE t.organization_id = u.organization_id AND t.user_id = u.id AND t.status = 'open'::text) AS mappings
         OFFSET 0) held_back
     JOIN mappings m ON m.organization_id = u.organization_id AND m.filter_path IS NOT NULL
  WHERE jsonb_path_match(user_document(u.attributes, u.user_name, u.external_id, u.display_name, u.status), m.filter_path::jsonpath, '{}'::jsonb, true) AND (m.id <> ALL (held_back.mappings))
UNION ALL
 SELECT a.organization_id,
    a.user_id,
    a.role_id,
    a.brand_id,
    'direct'::text AS source,
    a.id AS source_id,
    NULL::text[] AS group_path,
    a.reason,
    a.expires_at,
    NULL::text AS filter
   FROM assignments a
  WHERE (a.valid_from IS NULL OR a.valid_from <= now()) AND (a.expires_at IS NULL OR a.expires_at > now())
UNION ALL
 SELECT DISTINCT h.organization_id,
    h.user_id,
    h.role_id,
    h.brand_id,
    'team'::text AS source,
    h.team_role_id AS source_id,
    NULL::text[] AS group_path,
    h.reason,
    h.expires_at,
    NULL::text AS filter
   FROM holdings_by_team h;
GRANT SELECT, INSERT, UPDATE, DELETE ON effective_assignments TO rolecall_server;

-- Whether holding the one permission means having the other: as covers says it in the service, for what the database
-- decides.
CREATE OR REPLACE FUNCTION public.permission_covers(p_held text, p_wanted text)
 RETURNS boolean
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  v_held text[] := string_to_array(split_part(p_held, ':', 1), '.');
  v_wanted text[] := string_to_array(split_part(p_wanted, ':', 1), '.');
  v_length integer := cardinality(v_held);
BEGIN
  IF p_held = p_wanted THEN RETURN true; END IF;
  IF p_held LIKE '%:%' AND (p_wanted NOT LIKE '%:%' OR split_part(p_held, ':', 2) <> split_part(p_wanted, ':', 2)) THEN
    RETURN false;
  END IF;
  IF v_held[v_length] = '*' THEN
    IF cardinality(v_wanted) < v_length THEN RETURN false; END IF;
  ELSIF cardinality(v_wanted) <> v_length THEN
    RETURN false;
  END IF;
  FOR i IN 1..v_length LOOP
    IF v_held[i] <> '*' AND v_held[i] <> v_wanted[i] THEN RETURN false; END IF;
  END LOOP;
  RETURN true;
END
$function$;
GRANT EXECUTE ON FUNCTION permission_covers(text, text) TO PUBLIC;

-- An assignment with another end has other reminders ahead of it.
-- Trigger of assignments (forget_reminders).
CREATE OR REPLACE FUNCTION public.forget_reminders()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  NEW.reminded_days := NULL;
  RETURN NEW;
END
$function$;

-- =====================================================================================================================
-- Teams and assets
--
-- People who hold something together, and things of host applications that are for some teams alone, or somebody’s.
-- Where rolecall.user_id is set beside the organization, a transaction sees the assets that this person could see by
-- any permission (policy visible_to_person), and no more. Who is in a team is computed by two views, from the teams
-- down and from the people up; what its roles give by two more.

-- People of the organization, or of one brand, who hold something together. A team within another has no teams of its
-- own.
CREATE TABLE teams (
  organization_id text NOT NULL,
  id text NOT NULL,
  name text NOT NULL,
  name_key text NOT NULL,
  brand_id text,
  parent_id text,
  leader_id text,
  created_at timestamp(3) with time zone NOT NULL,
  created_by text NOT NULL,
  recorded_at timestamp with time zone DEFAULT now(),
  CONSTRAINT teams_organization_id_id_pk PRIMARY KEY (organization_id, id),
  CONSTRAINT teams_name UNIQUE NULLS NOT DISTINCT (organization_id, brand_id, name_key),
  CONSTRAINT teams_organization_id_brand_id_brands_organization_id_id_fk FOREIGN KEY (organization_id, brand_id)
    REFERENCES brands(organization_id, id) ON DELETE CASCADE,
  CONSTRAINT teams_organization_id_leader_id_users_organization_id_id_fk FOREIGN KEY (organization_id, leader_id)
    REFERENCES users(organization_id, id),
  CONSTRAINT teams_organization_id_organizations_id_fk FOREIGN KEY (organization_id)
    REFERENCES organizations(id) ON DELETE CASCADE,
  CONSTRAINT teams_within FOREIGN KEY (organization_id, parent_id)
    REFERENCES teams(organization_id, id)
);
CREATE INDEX teams_brand ON teams USING btree (organization_id, brand_id);
CREATE INDEX teams_leader ON teams USING btree (organization_id, leader_id) WHERE (leader_id IS NOT NULL);
CREATE INDEX teams_parent ON teams USING btree (organization_id, parent_id) WHERE (parent_id IS NOT NULL);
ALTER TABLE teams ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON teams FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
CREATE TRIGGER keep_administrator AFTER INSERT OR UPDATE OF leader_id, parent_id ON teams
  FOR EACH ROW EXECUTE FUNCTION keep_administrator_of_team();
CREATE TRIGGER keep_deleted AFTER DELETE ON teams REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION history.keep_deleted_teams();
CREATE TRIGGER keep_version BEFORE UPDATE ON teams
  FOR EACH ROW WHEN (old.name IS DISTINCT FROM new.name OR old.brand_id IS DISTINCT FROM new.brand_id OR old.parent_id IS DISTINCT FROM new.parent_id OR old.leader_id IS DISTINCT FROM new.leader_id) EXECUTE FUNCTION history.keep_version_of_teams();
CREATE TRIGGER prove_team AFTER INSERT OR UPDATE OF leader_id, parent_id ON teams
  FOR EACH ROW WHEN (current_setting('rolecall.proof'::text, true) = 'stale'::text) EXECUTE FUNCTION prove_team();
GRANT SELECT, INSERT, UPDATE, DELETE ON teams TO rolecall_server;

-- People who were added to a team by hand.
CREATE TABLE team_members (
  organization_id text NOT NULL,
  team_id text NOT NULL,
  user_id text NOT NULL,
  created_at timestamp(3) with time zone NOT NULL,
  created_by text NOT NULL,
  recorded_at timestamp with time zone DEFAULT now(),
  CONSTRAINT team_members_organization_id_team_id_user_id_pk PRIMARY KEY (organization_id, team_id, user_id),
  CONSTRAINT team_members_organization_id_team_id_teams_organization_id_id_f FOREIGN KEY (organization_id, team_id)
    REFERENCES teams(organization_id, id) ON DELETE CASCADE,
  CONSTRAINT team_members_organization_id_user_id_users_organization_id_id_f FOREIGN KEY (organization_id, user_id)
    REFERENCES users(organization_id, id) ON DELETE CASCADE
);
CREATE INDEX team_members_user ON team_members USING btree (organization_id, user_id);
ALTER TABLE team_members ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON team_members FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
CREATE TRIGGER keep_administrator AFTER DELETE ON team_members REFERENCING OLD TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION keep_administrator_of_team_members();
CREATE TRIGGER keep_administrator_of_new AFTER INSERT ON team_members REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION keep_administrator_of_team_members();
CREATE TRIGGER keep_deleted AFTER DELETE ON team_members REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION history.keep_deleted_team_members();
CREATE TRIGGER prove_team AFTER INSERT OR DELETE ON team_members
  FOR EACH ROW WHEN (current_setting('rolecall.proof'::text, true) = 'stale'::text) EXECUTE FUNCTION prove_team();
CREATE TRIGGER refuse_emergency_account BEFORE INSERT ON team_members
  FOR EACH ROW EXECUTE FUNCTION refuse_emergency_account();
GRANT SELECT, INSERT, UPDATE, DELETE ON team_members TO rolecall_server;

-- What else fills a team: the members of a group, or whoever satisfies a filter. Computed, never copied.
CREATE TABLE team_sources (
  organization_id text NOT NULL,
  id text NOT NULL,
  team_id text NOT NULL,
  group_id text,
  filter text,
  filter_path text,
  created_at timestamp(3) with time zone NOT NULL,
  created_by text NOT NULL,
  recorded_at timestamp with time zone DEFAULT now(),
  CONSTRAINT team_sources_organization_id_id_pk PRIMARY KEY (organization_id, id),
  CONSTRAINT team_sources_once UNIQUE NULLS NOT DISTINCT (organization_id, team_id, group_id, filter),
  CONSTRAINT team_sources_group_or_filter CHECK ((group_id IS NULL) = (filter IS NOT NULL) AND (filter IS NULL) = (filter_path IS NULL)),
  CONSTRAINT team_sources_organization_id_group_id_groups_organization_id_id FOREIGN KEY (organization_id, group_id)
    REFERENCES groups(organization_id, id) ON DELETE CASCADE,
  CONSTRAINT team_sources_organization_id_team_id_teams_organization_id_id_f FOREIGN KEY (organization_id, team_id)
    REFERENCES teams(organization_id, id) ON DELETE CASCADE
);
CREATE INDEX team_sources_filter ON team_sources USING btree (organization_id) WHERE (filter_path IS NOT NULL);
CREATE INDEX team_sources_group ON team_sources USING btree (organization_id, group_id) WHERE (group_id IS NOT NULL);
ALTER TABLE team_sources ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON team_sources FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
CREATE TRIGGER keep_administrator AFTER INSERT OR DELETE ON team_sources
  FOR EACH ROW EXECUTE FUNCTION keep_administrator_of_team_source();
CREATE TRIGGER keep_deleted AFTER DELETE ON team_sources REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION history.keep_deleted_team_sources();
CREATE TRIGGER prove_team AFTER INSERT OR DELETE ON team_sources
  FOR EACH ROW WHEN (current_setting('rolecall.proof'::text, true) = 'stale'::text) EXECUTE FUNCTION prove_team();
GRANT SELECT, INSERT, UPDATE, DELETE ON team_sources TO rolecall_server;

-- People who are left out of a team, whatever fills it: by hand, or since an access review took them out.
CREATE TABLE team_exclusions (
  organization_id text NOT NULL,
  team_id text NOT NULL,
  user_id text NOT NULL,
  reason text NOT NULL,
  created_at timestamp(3) with time zone NOT NULL,
  created_by text NOT NULL,
  recorded_at timestamp with time zone DEFAULT now(),
  CONSTRAINT team_exclusions_organization_id_team_id_user_id_pk PRIMARY KEY (organization_id, team_id, user_id),
  CONSTRAINT team_exclusions_organization_id_team_id_teams_organization_id_i FOREIGN KEY (organization_id, team_id)
    REFERENCES teams(organization_id, id) ON DELETE CASCADE,
  CONSTRAINT team_exclusions_organization_id_user_id_users_organization_id_i FOREIGN KEY (organization_id, user_id)
    REFERENCES users(organization_id, id) ON DELETE CASCADE
);
CREATE INDEX team_exclusions_user ON team_exclusions USING btree (organization_id, user_id);
ALTER TABLE team_exclusions ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON team_exclusions FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
CREATE TRIGGER keep_administrator AFTER INSERT ON team_exclusions REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION keep_administrator_of_exclusions();
CREATE TRIGGER keep_administrator_of_gone AFTER DELETE ON team_exclusions REFERENCING OLD TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION keep_administrator_of_exclusions();
CREATE TRIGGER keep_deleted AFTER DELETE ON team_exclusions REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION history.keep_deleted_team_exclusions();
CREATE TRIGGER prove_team AFTER INSERT OR DELETE ON team_exclusions
  FOR EACH ROW WHEN (current_setting('rolecall.proof'::text, true) = 'stale'::text) EXECUTE FUNCTION prove_team();
GRANT SELECT, INSERT, DELETE ON team_exclusions TO rolecall_server;

-- Everybody in the team, and in the teams within it, holds this role: for a reason, until a date.
CREATE TABLE team_roles (
  organization_id text NOT NULL,
  id text NOT NULL,
  team_id text NOT NULL,
  role_id text NOT NULL,
  brand_id text,
  reason text NOT NULL,
  expires_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone NOT NULL,
  created_by text NOT NULL,
  recorded_at timestamp with time zone DEFAULT now(),
  CONSTRAINT team_roles_organization_id_id_pk PRIMARY KEY (organization_id, id),
  CONSTRAINT team_roles_once UNIQUE NULLS NOT DISTINCT (organization_id, team_id, role_id, brand_id),
  CONSTRAINT team_roles_organization_id_brand_id_brands_organization_id_id_f FOREIGN KEY (organization_id, brand_id)
    REFERENCES brands(organization_id, id) ON DELETE CASCADE,
  CONSTRAINT team_roles_organization_id_role_id_roles_organization_id_id_fk FOREIGN KEY (organization_id, role_id)
    REFERENCES roles(organization_id, id),
  CONSTRAINT team_roles_organization_id_team_id_teams_organization_id_id_fk FOREIGN KEY (organization_id, team_id)
    REFERENCES teams(organization_id, id) ON DELETE CASCADE
);
CREATE INDEX team_roles_brand ON team_roles USING btree (organization_id, brand_id);
CREATE INDEX team_roles_role ON team_roles USING btree (organization_id, role_id);
ALTER TABLE team_roles ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON team_roles FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
CREATE TRIGGER keep_administrator AFTER DELETE OR UPDATE ON team_roles
  FOR EACH ROW WHEN (old.brand_id IS NULL) EXECUTE FUNCTION keep_administrator_of_team_role();
CREATE TRIGGER keep_administrator_of_new AFTER INSERT ON team_roles
  FOR EACH ROW WHEN (new.brand_id IS NULL) EXECUTE FUNCTION keep_administrator_of_team_role();
CREATE TRIGGER keep_deleted AFTER DELETE ON team_roles REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION history.keep_deleted_team_roles();
CREATE TRIGGER keep_version BEFORE UPDATE ON team_roles
  FOR EACH ROW WHEN (old.reason IS DISTINCT FROM new.reason OR old.expires_at IS DISTINCT FROM new.expires_at) EXECUTE FUNCTION history.keep_version_of_team_roles();
CREATE TRIGGER prove_role_given AFTER INSERT OR DELETE OR UPDATE ON team_roles
  FOR EACH ROW WHEN (current_setting('rolecall.proof'::text, true) = 'stale'::text) EXECUTE FUNCTION prove_role_given();
GRANT SELECT, INSERT, UPDATE, DELETE ON team_roles TO rolecall_server;

-- Who is in which team, and how (leader, hand, group, filter): from the teams down to their people.
CREATE VIEW people_of_teams WITH (security_invoker=true) AS
 SELECT t.organization_id,
    t.id AS team_id,
    t.parent_id,
    x.user_id,
    x.way,
    x.source_id
   FROM teams t
     CROSS JOIN LATERAL ( SELECT t.leader_id AS user_id,
            'leader'::text AS way,
            NULL::text AS source_id
          WHERE t.leader_id IS NOT NULL
        UNION ALL
         SELECT m.user_id,
            'hand'::text AS text,
            NULL::text AS text
           FROM team_members m
          WHERE m.organization_id = t.organization_id AND m.team_id = t.id
        UNION ALL
         SELECT reached.user_id,
            'group'::text AS text,
            s.id
           FROM team_sources s
             CROSS JOIN LATERAL ( WITH RECURSIVE below(group_id) AS (
                         SELECT s.group_id
                        UNION
                         SELECT n.child_group_id
                           FROM below below_1
                             JOIN group_nestings n ON n.organization_id = s.organization_id AND n.group_id = below_1.group_id
                        )
                 SELECT DISTINCT gm.user_id
                   FROM below
                     JOIN group_members gm ON gm.organization_id = s.organization_id AND gm.group_id = below.group_id) reached
          WHERE s.organization_id = t.organization_id AND s.team_id = t.id AND s.group_id IS NOT NULL
        UNION ALL
         SELECT u.id,
            'filter'::text AS text,
            s.id
           FROM team_sources s
             JOIN users u ON u.organization_id = s.organization_id
          WHERE s.organization_id = t.organization_id AND s.team_id = t.id AND s.filter_path IS NOT NULL AND jsonb_path_match(user_document(u.attributes, u.user_name, u.external_id, u.display_name, u.status), s.filter_path::jsonpath, '{}'::jsonb, true)) x
  WHERE NOT (EXISTS ( SELECT
           FROM team_exclusions e
          WHERE e.organization_id = t.organization_id AND e.team_id = t.id AND e.user_id = x.user_id));
GRANT SELECT ON people_of_teams TO rolecall_server;

-- Who is in which team, and how: from the people up to their teams.
CREATE VIEW teams_of_people WITH (security_invoker=true) AS
 SELECT u.organization_id,
    u.id AS user_id,
    x.team_id,
    x.way,
    x.source_id
   FROM users u
     CROSS JOIN LATERAL ( SELECT t.id AS team_id,
            'leader'::text AS way,
            NULL::text AS source_id
           FROM teams t
          WHERE t.organization_id = u.organization_id AND t.leader_id = u.id
        UNION ALL
         SELECT m.team_id,
            'hand'::text AS text,
            NULL::text AS text
           FROM team_members m
          WHERE m.organization_id = u.organization_id AND m.user_id = u.id
        UNION ALL
         SELECT s.team_id,
            'group'::text AS text,
            s.id
           FROM ( WITH RECURSIVE climbed(group_id) AS (
                         SELECT gm.group_id
                           FROM group_members gm
                          WHERE gm.organization_id = u.organization_id AND gm.user_id = u.id
                        UNION
                         SELECT n.group_id
                           FROM climbed climbed_1
                             JOIN group_nestings n ON n.organization_id = u.organization_id AND n.child_group_id = climbed_1.group_id
                        )
                 SELECT climbed.group_id
                   FROM climbed) reached
             JOIN team_sources s ON s.organization_id = u.organization_id AND s.group_id = reached.group_id
        UNION ALL
         SELECT s.team_id,
            'filter'::text AS text,
            s.id
           FROM team_sources s
          WHERE s.organization_id = u.organization_id AND s.filter_path IS NOT NULL AND jsonb_path_match(user_document(u.attributes, u.user_name, u.external_id, u.display_name, u.status), s.filter_path::jsonpath, '{}'::jsonb, true)) x
  WHERE NOT (EXISTS ( SELECT
           FROM team_exclusions e
          WHERE e.organization_id = u.organization_id AND e.team_id = x.team_id AND e.user_id = u.id));
GRANT SELECT ON teams_of_people TO rolecall_server;

-- What the roles of teams give, from the roles down to the people: for questions about a role or a brand.
CREATE VIEW holders_by_team WITH (security_invoker=true) AS
 SELECT r.organization_id,
    p.user_id,
    r.id AS team_role_id,
    r.role_id,
    r.brand_id,
    r.expires_at
   FROM team_roles r
     JOIN people_of_teams p ON p.organization_id = r.organization_id AND (r.team_id = p.team_id OR r.team_id = p.parent_id)
  WHERE r.expires_at IS NULL OR r.expires_at > now();
GRANT SELECT ON holders_by_team TO rolecall_server;

-- What the roles of teams give, from the people up: for questions about somebody.
CREATE VIEW holdings_by_team WITH (security_invoker=true) AS
 SELECT p.organization_id,
    p.user_id,
    r.id AS team_role_id,
    r.team_id,
    r.role_id,
    r.brand_id,
    r.reason,
    r.expires_at
   FROM teams_of_people p
     JOIN teams t ON t.organization_id = p.organization_id AND t.id = p.team_id
     JOIN team_roles r ON r.organization_id = p.organization_id AND (r.team_id = t.id OR r.team_id = t.parent_id)
  WHERE r.expires_at IS NULL OR r.expires_at > now();
GRANT SELECT ON holdings_by_team TO rolecall_server;

-- Kinds of things that host applications keep: libraries, campaigns, dashboards, accounts.
CREATE TABLE asset_types (
  organization_id text NOT NULL,
  name text NOT NULL,
  label text NOT NULL,
  created_at timestamp(3) with time zone NOT NULL,
  created_by text NOT NULL,
  CONSTRAINT asset_types_organization_id_name_pk PRIMARY KEY (organization_id, name),
  CONSTRAINT asset_types_organization_id_organizations_id_fk FOREIGN KEY (organization_id)
    REFERENCES organizations(id) ON DELETE CASCADE
);
ALTER TABLE asset_types ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON asset_types FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON asset_types TO rolecall_server;

-- One of them, by the application's own id. is_restricted: for the teams of asset_teams alone; without any, for nobody
-- but whoever holds everything.
CREATE TABLE assets (
  organization_id text NOT NULL,
  type text NOT NULL,
  id text NOT NULL,
  name text NOT NULL,
  brand_id text,
  is_restricted boolean NOT NULL,
  created_at timestamp(3) with time zone NOT NULL,
  created_by text NOT NULL,
  recorded_at timestamp with time zone DEFAULT now(),
  CONSTRAINT assets_organization_id_type_id_pk PRIMARY KEY (organization_id, type, id),
  CONSTRAINT assets_organization_id_brand_id_brands_organization_id_id_fk FOREIGN KEY (organization_id, brand_id)
    REFERENCES brands(organization_id, id) ON DELETE CASCADE,
  CONSTRAINT assets_organization_id_type_asset_types_organization_id_name_fk FOREIGN KEY (organization_id, type)
    REFERENCES asset_types(organization_id, name) ON DELETE CASCADE
);
CREATE INDEX assets_brand ON assets USING btree (organization_id, brand_id, type, id);
ALTER TABLE assets ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON assets FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
CREATE POLICY visible_to_person ON assets AS RESTRICTIVE FOR ALL TO rolecall_server
  USING (COALESCE(current_setting('rolecall.user_id'::text, true), ''::text) = ''::text OR (COALESCE(brand_id, ''::text) = ANY ((( SELECT person_scopes(false) AS person_scopes))::text[])) AND (NOT is_restricted OR (COALESCE(brand_id, ''::text) = ANY ((( SELECT person_scopes(true) AS person_scopes))::text[])) OR (EXISTS ( SELECT
   FROM asset_people p
  WHERE p.organization_id = assets.organization_id AND p.type = assets.type AND p.asset_id = assets.id AND p.user_id = current_setting('rolecall.user_id'::text, true))) OR (EXISTS ( SELECT
   FROM asset_teams x
  WHERE x.organization_id = assets.organization_id AND x.type = assets.type AND x.asset_id = assets.id AND (x.team_id = ANY ((( SELECT person_teams() AS person_teams))::text[]))))));
CREATE TRIGGER keep_deleted AFTER DELETE ON assets REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION history.keep_deleted_assets();
CREATE TRIGGER keep_version BEFORE UPDATE ON assets
  FOR EACH ROW WHEN (old.name IS DISTINCT FROM new.name OR old.brand_id IS DISTINCT FROM new.brand_id OR old.is_restricted IS DISTINCT FROM new.is_restricted) EXECUTE FUNCTION history.keep_version_of_assets();
GRANT SELECT, INSERT, UPDATE, DELETE ON assets TO rolecall_server;

-- The teams that a restricted asset is for.
CREATE TABLE asset_teams (
  organization_id text NOT NULL,
  type text NOT NULL,
  asset_id text NOT NULL,
  team_id text NOT NULL,
  recorded_at timestamp with time zone DEFAULT now(),
  CONSTRAINT asset_teams_organization_id_type_asset_id_team_id_pk PRIMARY KEY (organization_id, type, asset_id, team_id),
  CONSTRAINT asset_teams_organization_id_team_id_teams_organization_id_id_fk FOREIGN KEY (organization_id, team_id)
    REFERENCES teams(organization_id, id) ON DELETE CASCADE,
  CONSTRAINT asset_teams_organization_id_type_asset_id_assets_organization_i FOREIGN KEY (organization_id, type, asset_id)
    REFERENCES assets(organization_id, type, id) ON DELETE CASCADE
);
CREATE INDEX asset_teams_team ON asset_teams USING btree (organization_id, team_id);
ALTER TABLE asset_teams ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON asset_teams FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
CREATE POLICY visible_to_person ON asset_teams AS RESTRICTIVE FOR ALL TO rolecall_server
  USING (COALESCE(current_setting('rolecall.user_id'::text, true), ''::text) = ''::text OR (team_id = ANY ((( SELECT person_teams() AS person_teams))::text[])));
CREATE TRIGGER keep_deleted AFTER DELETE ON asset_teams REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION history.keep_deleted_asset_teams();
GRANT SELECT, INSERT, UPDATE, DELETE ON asset_teams TO rolecall_server;

-- Whose an asset is: who created it, and whom it is assigned to. They see it although it is for teams that they are not
-- in.
CREATE TABLE asset_people (
  organization_id text NOT NULL,
  type text NOT NULL,
  asset_id text NOT NULL,
  user_id text NOT NULL,
  kind text NOT NULL,
  recorded_at timestamp with time zone DEFAULT now(),
  CONSTRAINT asset_people_organization_id_type_asset_id_user_id_kind_pk PRIMARY KEY (organization_id, type, asset_id, user_id, kind),
  CONSTRAINT asset_people_kind CHECK (kind = ANY (ARRAY['creator'::text, 'assigned'::text])),
  CONSTRAINT asset_people_organization_id_type_asset_id_assets_organization_ FOREIGN KEY (organization_id, type, asset_id)
    REFERENCES assets(organization_id, type, id) ON DELETE CASCADE,
  CONSTRAINT asset_people_organization_id_user_id_users_organization_id_id_f FOREIGN KEY (organization_id, user_id)
    REFERENCES users(organization_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX asset_people_creator ON asset_people USING btree (organization_id, type, asset_id) WHERE (kind = 'creator'::text);
CREATE INDEX asset_people_user ON asset_people USING btree (organization_id, user_id);
ALTER TABLE asset_people ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON asset_people FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
CREATE POLICY visible_to_person ON asset_people AS RESTRICTIVE FOR ALL TO rolecall_server
  USING (COALESCE(current_setting('rolecall.user_id'::text, true), ''::text) = ''::text OR user_id = current_setting('rolecall.user_id'::text, true));
CREATE TRIGGER keep_deleted AFTER DELETE ON asset_people REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION history.keep_deleted_asset_people();
GRANT SELECT, INSERT, DELETE ON asset_people TO rolecall_server;

-- Where the person of rolecall.user_id holds a role, or everything: ids of brands, and an empty text for the
-- organization. Nowhere, where they may not do anything at all.
CREATE OR REPLACE FUNCTION public.person_scopes(p_everything boolean)
 RETURNS text[]
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  v_organization_id text := current_setting('rolecall.organization_id', true);
  v_user_id text := current_setting('rolecall.user_id', true);
BEGIN
  IF NOT EXISTS (SELECT FROM users u JOIN organizations o ON o.id = u.organization_id
    WHERE u.organization_id = v_organization_id AND u.id = v_user_id AND u.status = 'active' AND u.deleted_at IS NULL
      AND o.status = 'active') THEN RETURN ARRAY[]::text[]; END IF;
  RETURN ARRAY(
    WITH held AS MATERIALIZED (SELECT e.brand_id, EXISTS (SELECT FROM role_permissions r
        WHERE r.organization_id = e.organization_id AND r.role_id = e.role_id AND r.effect = 'allow' AND r.permission = '*') AS is_everything
      FROM effective_assignments e WHERE e.organization_id = v_organization_id AND e.user_id = v_user_id)
    SELECT coalesce(h.brand_id, '') FROM held h WHERE h.is_everything OR NOT p_everything
    UNION SELECT b.id FROM brands b JOIN organizations o ON o.id = b.organization_id
      WHERE b.organization_id = v_organization_id AND o.administrator_brand_access = 'implicit'
        AND EXISTS (SELECT FROM held h WHERE h.brand_id IS NULL AND h.is_everything));
END $function$;
GRANT EXECUTE ON FUNCTION person_scopes(boolean) TO rolecall_server;

-- The teams that the person of rolecall.user_id is in, with those around them.
CREATE OR REPLACE FUNCTION public.person_teams()
 RETURNS text[]
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  RETURN ARRAY(SELECT DISTINCT x.id FROM teams_of_people p
    JOIN teams t ON t.organization_id = p.organization_id AND t.id = p.team_id
    CROSS JOIN LATERAL unnest(ARRAY[t.id, t.parent_id]) x (id)
    WHERE p.organization_id = current_setting('rolecall.organization_id', true)
      AND p.user_id = current_setting('rolecall.user_id', true) AND x.id IS NOT NULL);
END $function$;
GRANT EXECUTE ON FUNCTION person_teams() TO rolecall_server;

-- =====================================================================================================================
-- Leaving: what people leave behind, the deleted, and their names
--
-- What hangs on a person beside their own access, as host applications say and as is known here, and where it went.

-- What host applications say that somebody owns or approves, by the application's own ids. One owner of a thing,
-- approvers as many as there are.
CREATE TABLE ownerships (
  organization_id text NOT NULL,
  type text NOT NULL,
  id text NOT NULL,
  kind text NOT NULL,
  user_id text NOT NULL,
  name text NOT NULL,
  url text,
  brand_id text,
  created_at timestamp(3) with time zone NOT NULL,
  created_by text NOT NULL,
  CONSTRAINT ownerships_organization_id_type_id_kind_user_id_pk PRIMARY KEY (organization_id, type, id, kind, user_id),
  CONSTRAINT ownerships_organization_id_brand_id_brands_organization_id_id_f FOREIGN KEY (organization_id, brand_id)
    REFERENCES brands(organization_id, id) ON DELETE CASCADE,
  CONSTRAINT ownerships_organization_id_user_id_users_organization_id_id_fk FOREIGN KEY (organization_id, user_id)
    REFERENCES users(organization_id, id) ON DELETE CASCADE
);
CREATE INDEX ownerships_brand ON ownerships USING btree (organization_id, brand_id) WHERE (brand_id IS NOT NULL);
CREATE UNIQUE INDEX ownerships_owner ON ownerships USING btree (organization_id, type, id) WHERE (kind = 'owner'::text);
CREATE INDEX ownerships_user ON ownerships USING btree (organization_id, user_id);
ALTER TABLE ownerships ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON ownerships FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON ownerships TO rolecall_server;

-- What hangs on a person and would be left behind: ownerships, people they vouch for, teams they lead, reviews and
-- tasks that wait for them, assets that they created or are assigned to. item is the key within its kind.
CREATE VIEW work_of_people WITH (security_invoker=true) AS
 SELECT o.organization_id,
    o.user_id,
    'ownership'::text AS kind,
    (((o.kind || '/'::text) || o.type) || '/'::text) || o.id AS item,
    o.name,
    (o.kind || ' of a '::text) || o.type AS about,
    o.brand_id,
    o.url,
    NULL::text AS subject_id
   FROM ownerships o
UNION ALL
 SELECT s.organization_id,
    s.sponsor_id AS user_id,
    'sponsored'::text AS kind,
    s.id AS item,
    COALESCE(h.display_name, h.user_name) AS name,
    r.name AS about,
    s.brand_id,
    NULL::text AS url,
    s.user_id AS subject_id
   FROM ( SELECT a.organization_id,
            u.id AS sponsor_id,
            a.id,
            a.user_id,
            a.role_id,
            a.brand_id
           FROM assignments a
             JOIN users u ON u.organization_id = a.organization_id AND u.id = a.sponsor
          WHERE a.sponsor IS NOT NULL AND (a.expires_at IS NULL OR a.expires_at > now())
        UNION
         SELECT a.organization_id,
            u.id,
            a.id,
            a.user_id,
            a.role_id,
            a.brand_id
           FROM assignments a
             JOIN users u ON u.organization_id = a.organization_id AND u.user_name_key = fold(btrim(a.sponsor))
          WHERE a.sponsor IS NOT NULL AND (a.expires_at IS NULL OR a.expires_at > now())
        UNION
         SELECT a.organization_id,
            e.user_id,
            a.id,
            a.user_id,
            a.role_id,
            a.brand_id
           FROM assignments a
             JOIN user_emails e ON e.organization_id = a.organization_id AND e.value_key = fold(btrim(a.sponsor))
          WHERE a.sponsor IS NOT NULL AND (a.expires_at IS NULL OR a.expires_at > now())) s
     JOIN users h ON h.organization_id = s.organization_id AND h.id = s.user_id AND h.status <> 'inactive'::text AND h.deleted_at IS NULL AND h.id <> s.sponsor_id
     JOIN roles r ON r.organization_id = s.organization_id AND r.id = s.role_id
UNION ALL
 SELECT t.organization_id,
    t.leader_id AS user_id,
    'team'::text AS kind,
    t.id AS item,
    t.name,
    NULL::text AS about,
    t.brand_id,
    NULL::text AS url,
    NULL::text AS subject_id
   FROM teams t
  WHERE t.leader_id IS NOT NULL
UNION ALL
 SELECT v.organization_id,
    v.reviewer_id AS user_id,
    'review'::text AS kind,
    v.id || '/reviewer'::text AS item,
    v.name,
    'reviewer'::text AS about,
    NULL::text AS brand_id,
    NULL::text AS url,
    NULL::text AS subject_id
   FROM access_reviews v
  WHERE v.reviewer_id IS NOT NULL AND (v.status = ANY (ARRAY['scheduled'::text, 'open'::text]))
UNION ALL
 SELECT v.organization_id,
    v.fallback_id AS user_id,
    'review'::text AS kind,
    v.id || '/fallback'::text AS item,
    v.name,
    'reviewer where nobody else is found'::text AS about,
    NULL::text AS brand_id,
    NULL::text AS url,
    NULL::text AS subject_id
   FROM access_reviews v
  WHERE v.status = ANY (ARRAY['scheduled'::text, 'open'::text])
UNION ALL
 SELECT w.organization_id,
    w.user_id,
    'review_line'::text AS kind,
    (l.review_id || '/'::text) || l."position" AS item,
    v.name,
    COALESCE(l.display_name, l.user_name) || COALESCE(': '::text || l.role_name, ''::text) AS about,
    l.brand_id,
    NULL::text AS url,
    l.user_id AS subject_id
   FROM access_review_reviewers w
     JOIN access_reviews v ON v.organization_id = w.organization_id AND v.id = w.review_id AND v.status = 'open'::text
     JOIN access_review_lines l ON l.organization_id = w.organization_id AND l.review_id = w.review_id AND l."position" = w."position" AND l.answer IS NULL
UNION ALL
 SELECT k.organization_id,
    k.owner_id AS user_id,
    'task'::text AS kind,
    (k.checklist_id || '/'::text) || k."position" AS item,
    k.title AS name,
    COALESCE(p.display_name, p.user_name) AS about,
    NULL::text AS brand_id,
    NULL::text AS url,
    c.user_id AS subject_id
   FROM checklist_tasks k
     JOIN checklists c ON c.organization_id = k.organization_id AND c.id = k.checklist_id AND c.status = 'open'::text
     JOIN users p ON p.organization_id = c.organization_id AND p.id = c.user_id
  WHERE k.settled_at IS NULL AND k.owner_id IS NOT NULL
UNION ALL
 SELECT x.organization_id,
    x.user_id,
    'asset'::text AS kind,
    (((x.kind || '/'::text) || x.type) || '/'::text) || x.asset_id AS item,
    a.name,
        CASE x.kind
            WHEN 'creator'::text THEN 'created by them, a '::text
            ELSE 'assigned to them, a '::text
        END || x.type AS about,
    a.brand_id,
    NULL::text AS url,
    NULL::text AS subject_id
   FROM asset_people x
     JOIN assets a ON a.organization_id = x.organization_id AND a.type = x.type AND a.id = x.asset_id;
GRANT SELECT ON work_of_people TO rolecall_server;

-- What went from somebody who leaves to somebody else, thing by thing and in that order; with it somebody who comes
-- back is offered it again, and host applications carry out what is theirs.
CREATE TABLE hand_overs (
  organization_id text NOT NULL,
  number bigint GENERATED BY DEFAULT AS IDENTITY NOT NULL,
  kind text NOT NULL,
  item text NOT NULL,
  name text NOT NULL,
  about text,
  subject_id text,
  brand_id text,
  from_user_id text NOT NULL,
  to_user_id text NOT NULL,
  -- It went back to whoever had it before.
  is_return boolean NOT NULL,
  occurred_at timestamp(3) with time zone NOT NULL,
  actor_type text NOT NULL,
  actor_id text NOT NULL,
  returned_at timestamp(3) with time zone,
  CONSTRAINT hand_overs_organization_id_number_pk PRIMARY KEY (organization_id, number),
  CONSTRAINT hand_overs_organization_id_organizations_id_fk FOREIGN KEY (organization_id)
    REFERENCES organizations(id) ON DELETE CASCADE
);
CREATE INDEX hand_overs_from ON hand_overs USING btree (organization_id, from_user_id) WHERE ((returned_at IS NULL) AND (NOT is_return));
CREATE INDEX hand_overs_ownerships ON hand_overs USING btree (organization_id, number) WHERE (kind = 'ownership'::text);
CREATE INDEX hand_overs_subject ON hand_overs USING btree (organization_id, subject_id) WHERE (subject_id IS NOT NULL);
CREATE SEQUENCE hand_overs_number_seq AS bigint START WITH 1 INCREMENT BY 1 OWNED BY hand_overs.number;
ALTER TABLE hand_overs ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON hand_overs FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON hand_overs TO rolecall_server;

-- Whom an administrator deleted, as they were before: status and groups, for restoring them. Whom a directory deleted
-- has no row here.
CREATE TABLE deleted_people (
  organization_id text NOT NULL,
  user_id text NOT NULL,
  deleted_at timestamp(3) with time zone NOT NULL,
  deleted_by_type text NOT NULL,
  deleted_by text NOT NULL,
  note text,
  status text NOT NULL,
  status_reason text,
  group_ids jsonb NOT NULL,
  CONSTRAINT deleted_people_organization_id_user_id_pk PRIMARY KEY (organization_id, user_id),
  CONSTRAINT deleted_people_organization_id_user_id_users_organization_id_id FOREIGN KEY (organization_id, user_id)
    REFERENCES users(organization_id, id) ON DELETE CASCADE
);
ALTER TABLE deleted_people ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON deleted_people FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON deleted_people TO rolecall_server;

-- The key of an organization for the names of erased people.
CREATE TABLE reservation_keys (
  organization_id text NOT NULL,
  key text NOT NULL,
  CONSTRAINT reservation_keys_pkey PRIMARY KEY (organization_id),
  CONSTRAINT reservation_keys_organization_id_organizations_id_fk FOREIGN KEY (organization_id)
    REFERENCES organizations(id) ON DELETE CASCADE
);
ALTER TABLE reservation_keys ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON reservation_keys FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON reservation_keys TO rolecall_server;

-- Names and addresses of erased people, as keyed hashes, until nobody asks for them any more.
CREATE TABLE reserved_names (
  organization_id text NOT NULL,
  name_hash text NOT NULL,
  user_id text NOT NULL,
  directory_id text,
  reserved_until timestamp(3) with time zone NOT NULL,
  CONSTRAINT reserved_names_organization_id_name_hash_user_id_pk PRIMARY KEY (organization_id, name_hash, user_id),
  CONSTRAINT reserved_names_organization_id_organizations_id_fk FOREIGN KEY (organization_id)
    REFERENCES organizations(id) ON DELETE CASCADE
);
CREATE INDEX reserved_names_until ON reserved_names USING btree (reserved_until);
ALTER TABLE reserved_names ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON reserved_names FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON reserved_names TO rolecall_server;

-- A name or address under the key of the organization.
CREATE OR REPLACE FUNCTION public.reserved_hash(p_organization_id text, p_name text)
 RETURNS text
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT encode(sha256(convert_to(k.key || encode(sha256(convert_to(k.key || p_name, 'UTF8')), 'hex'), 'UTF8')), 'hex')
  FROM reservation_keys k WHERE k.organization_id = p_organization_id $function$;
GRANT EXECUTE ON FUNCTION reserved_hash(text, text) TO PUBLIC;

-- Keeps what somebody who is about to be erased was called from being given to somebody else.
CREATE OR REPLACE FUNCTION public.reserve_names(p_organization_id text, p_user_id text)
 RETURNS integer
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  v_days integer := (SELECT o.reserved_days FROM organizations o WHERE o.id = p_organization_id);
  v_count integer;
BEGIN
  IF v_days = 0 THEN RETURN 0; END IF;
  INSERT INTO reservation_keys (organization_id, key)
    VALUES (p_organization_id, replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '')) ON CONFLICT DO NOTHING;
  INSERT INTO reserved_names (organization_id, name_hash, user_id, directory_id, reserved_until)
    SELECT n.organization_id, reserved_hash(n.organization_id, n.name), n.id, n.directory_id, max(n.until) FROM (
      SELECT u.organization_id, u.id, u.directory_id, unnest(ARRAY[u.user_name_key, u.email_key]) AS name,
        now() + make_interval(days => v_days) AS until
      FROM users u WHERE u.organization_id = p_organization_id AND u.id = p_user_id
      UNION ALL
      SELECT f.organization_id, f.user_id, f.directory_id, f.value_key, f.ended_at + make_interval(days => v_days)
      FROM former_names f WHERE f.organization_id = p_organization_id AND f.user_id = p_user_id
        AND f.kind IN ('user_name', 'address')) n
    WHERE n.name IS NOT NULL AND n.until > now() GROUP BY n.organization_id, n.id, n.directory_id, n.name
    ON CONFLICT (organization_id, name_hash, user_id) DO UPDATE
      SET reserved_until = greatest(reserved_names.reserved_until, excluded.reserved_until);
  GET DIAGNOSTICS v_count = ROW_COUNT;
  RETURN v_count;
END $function$;
GRANT EXECUTE ON FUNCTION reserve_names(text, text) TO PUBLIC;

-- A name or address that was somebody else's until lately is given to nobody, but by directories those of people of
-- directories.
-- Trigger of users (refuse_reserved), users (refuse_reserved_change).
CREATE OR REPLACE FUNCTION public.refuse_reserved()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
AS $function$
DECLARE
  v_names text[] := array_remove(ARRAY[NEW.user_name_key, NEW.email_key], NULL);
  v_kept interval;
  v_until timestamptz;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    v_names := array_remove(array_remove(v_names, OLD.user_name_key), OLD.email_key);
  END IF;
  IF NOT (EXISTS (SELECT FROM users u WHERE u.organization_id = NEW.organization_id AND u.deleted_at IS NOT NULL
        AND u.user_name_key = ANY (v_names))
      OR EXISTS (SELECT FROM users u WHERE u.organization_id = NEW.organization_id AND u.deleted_at IS NOT NULL
        AND u.email_key = ANY (v_names))
      OR EXISTS (SELECT FROM former_names f WHERE f.organization_id = NEW.organization_id AND f.value_key = ANY (v_names))
      OR EXISTS (SELECT FROM reserved_names r WHERE r.organization_id = NEW.organization_id)
        AND EXISTS (SELECT FROM reserved_names r WHERE r.organization_id = NEW.organization_id
          AND r.name_hash = ANY (ARRAY(SELECT reserved_hash(NEW.organization_id, n) FROM unnest(v_names) n))))
  THEN RETURN NULL; END IF;
  SELECT make_interval(days => o.reserved_days) INTO v_kept FROM organizations o
    WHERE o.id = NEW.organization_id AND o.reserved_days > 0;
  IF v_kept IS NULL OR cardinality(v_names) = 0 THEN RETURN NULL; END IF;
  SELECT max(x.until) INTO v_until FROM (
    SELECT u.deleted_at + v_kept AS until, u.directory_id,
        EXISTS (SELECT FROM deleted_people d WHERE d.organization_id = u.organization_id AND d.user_id = u.id) AS is_deleted_here
      FROM users u WHERE u.organization_id = NEW.organization_id AND u.id <> NEW.id AND u.deleted_at IS NOT NULL
        AND u.status <> 'erased' AND u.user_name_key = ANY (v_names)
    UNION ALL
    SELECT u.deleted_at + v_kept, u.directory_id,
        EXISTS (SELECT FROM deleted_people d WHERE d.organization_id = u.organization_id AND d.user_id = u.id)
      FROM users u WHERE u.organization_id = NEW.organization_id AND u.id <> NEW.id AND u.deleted_at IS NOT NULL
        AND u.status <> 'erased' AND u.email_key = ANY (v_names)
    UNION ALL
    SELECT f.ended_at + v_kept, u.directory_id,
        EXISTS (SELECT FROM deleted_people d WHERE d.organization_id = u.organization_id AND d.user_id = u.id)
      FROM former_names f JOIN users u ON u.organization_id = f.organization_id AND u.id = f.user_id
      WHERE f.organization_id = NEW.organization_id AND f.value_key = ANY (v_names) AND f.kind IN ('user_name', 'address')
        AND f.user_id <> NEW.id
    UNION ALL
    SELECT r.reserved_until, r.directory_id, false FROM reserved_names r
      WHERE r.organization_id = NEW.organization_id AND r.user_id <> NEW.id
        AND r.name_hash = ANY (ARRAY(SELECT reserved_hash(NEW.organization_id, n) FROM unnest(v_names) n))) x
    WHERE x.until > now() AND (x.is_deleted_here OR NEW.directory_id IS NULL OR x.directory_id IS NULL);
  IF v_until IS NOT NULL THEN
    RAISE EXCEPTION USING ERRCODE = 'RC410', MESSAGE = to_char(v_until AT TIME ZONE 'UTC', 'YYYY-MM-DD');
  END IF;
  RETURN NULL;
END $function$;

-- =====================================================================================================================
-- The past
--
-- Each change of a row that says who may do what leaves the former version in the schema history (triggers keep_version
-- and keep_deleted), made by history.keep from the table itself. The schema past has views of the same names, as they
-- stood at rolecall.at.

-- Since when the organization entered has a history.
CREATE OR REPLACE FUNCTION public.history_begins()
 RETURNS timestamp with time zone
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT least(o.recorded_at, (SELECT min(h.recorded_at) FROM history.organizations h WHERE h.id = o.id)) FROM organizations o
    WHERE o.id = current_setting('rolecall.organization_id') $function$;
GRANT EXECUTE ON FUNCTION history_begins() TO PUBLIC;
GRANT EXECUTE ON FUNCTION history_begins() TO rolecall_server;

-- Takes the names and attributes of somebody who was erased out of the history.
CREATE OR REPLACE FUNCTION public.forget_past_of(p_user_id text)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  DELETE FROM history.users h WHERE h.organization_id = current_setting('rolecall.organization_id') AND h.id = p_user_id
    AND EXISTS (SELECT FROM users u WHERE u.organization_id = h.organization_id AND u.id = h.id AND u.status = 'erased') $function$;
GRANT EXECUTE ON FUNCTION forget_past_of(text) TO PUBLIC;
GRANT EXECUTE ON FUNCTION forget_past_of(text) TO rolecall_server;

-- =====================================================================================================================
-- Access reviews
--
-- Campaigns freeze what people hold into lines, which reviewers answer. What a mapping gives and a review took is a
-- task for whoever has the provider; until it is done, effective_assignments leaves it out.

-- Campaigns in which people look at what others hold: which part of it, who looks, until when, and what no answer
-- means.
CREATE TABLE access_reviews (
  organization_id text NOT NULL,
  id text NOT NULL,
  name text NOT NULL,
  scope jsonb NOT NULL,
  reviewer_rule text NOT NULL,
  reviewer_id text,
  fallback_id text NOT NULL,
  no_answer text NOT NULL,
  end_days integer,
  undo_hours integer NOT NULL,
  due_days integer NOT NULL,
  grace_days integer NOT NULL,
  recurrence text,
  follows_id text,
  status text NOT NULL,
  starts_at timestamp(3) with time zone NOT NULL,
  opened_at timestamp(3) with time zone,
  due_at timestamp(3) with time zone,
  closes_at timestamp(3) with time zone,
  closed_at timestamp(3) with time zone,
  suspended_at timestamp(3) with time zone,
  reminded integer,
  owner_type text NOT NULL,
  owner_id text NOT NULL,
  restore_type text,
  restore_id text,
  csv_sha256 text,
  json_sha256 text,
  created_at timestamp(3) with time zone NOT NULL,
  created_by text NOT NULL,
  CONSTRAINT access_reviews_organization_id_id_pk PRIMARY KEY (organization_id, id),
  CONSTRAINT access_reviews_end CHECK ((no_answer = 'end'::text) = (end_days IS NOT NULL)),
  CONSTRAINT access_reviews_reviewer CHECK ((reviewer_rule = 'person'::text) = (reviewer_id IS NOT NULL)),
  CONSTRAINT access_reviews_organization_id_organizations_id_fk FOREIGN KEY (organization_id)
    REFERENCES organizations(id) ON DELETE CASCADE
);
CREATE INDEX access_reviews_live ON access_reviews USING btree (organization_id) WHERE (status = ANY (ARRAY['scheduled'::text, 'open'::text, 'closing'::text]));
CREATE INDEX access_reviews_restoring ON access_reviews USING btree (organization_id) WHERE (restore_type IS NOT NULL);
ALTER TABLE access_reviews ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON access_reviews FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
CREATE TRIGGER prove_person AFTER INSERT OR UPDATE OF status, owner_id, restore_id ON access_reviews
  FOR EACH ROW WHEN (current_setting('rolecall.proof'::text, true) = 'stale'::text) EXECUTE FUNCTION prove_person();
GRANT SELECT, INSERT, UPDATE, DELETE ON access_reviews TO rolecall_server;

-- What was held when a campaign opened, by the names of then, and what was answered. It stays as evidence.
CREATE TABLE access_review_lines (
  organization_id text NOT NULL,
  review_id text NOT NULL,
  "position" integer NOT NULL,
  user_id text NOT NULL,
  user_name text NOT NULL,
  display_name text,
  status text NOT NULL,
  source text NOT NULL,
  source_id text NOT NULL,
  role_id text,
  role_name text,
  brand_id text,
  brand_name text,
  through jsonb NOT NULL,
  since timestamp(3) with time zone,
  expires_at timestamp(3) with time zone,
  last_active_at timestamp(3) with time zone,
  is_privileged boolean NOT NULL,
  is_outside boolean NOT NULL,
  peers_by text,
  peers integer NOT NULL,
  peers_holding integer NOT NULL,
  advice text NOT NULL,
  advice_reason text NOT NULL,
  passed_on jsonb DEFAULT '[]'::jsonb NOT NULL,
  answer text,
  end_at timestamp(3) with time zone,
  comment text,
  answered_at timestamp(3) with time zone,
  answered_by_type text,
  answered_by text,
  answered_by_name text,
  effective_at timestamp(3) with time zone,
  outcome text,
  message text,
  applied_at timestamp(3) with time zone,
  taken jsonb,
  restored_at timestamp(3) with time zone,
  restored_by text,
  restore_message text,
  CONSTRAINT access_review_lines_organization_id_review_id_position_pk PRIMARY KEY (organization_id, review_id, "position"),
  CONSTRAINT access_review_lines_organization_id_review_id_access_reviews_or FOREIGN KEY (organization_id, review_id)
    REFERENCES access_reviews(organization_id, id) ON DELETE CASCADE
);
CREATE INDEX access_review_lines_applied ON access_review_lines USING btree (organization_id, review_id, "position") WHERE (outcome = ANY (ARRAY['removed'::text, 'ended'::text, 'task'::text]));
CREATE INDEX access_review_lines_pending ON access_review_lines USING btree (organization_id, effective_at) WHERE ((effective_at IS NOT NULL) AND (outcome IS NULL));
CREATE INDEX access_review_lines_unanswered ON access_review_lines USING btree (organization_id, review_id, "position") WHERE (answer IS NULL);
CREATE INDEX access_review_lines_user ON access_review_lines USING btree (organization_id, user_id);
ALTER TABLE access_review_lines ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON access_review_lines FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON access_review_lines TO rolecall_server;

-- Who may answer a line: any of them.
CREATE TABLE access_review_reviewers (
  organization_id text NOT NULL,
  user_id text NOT NULL,
  review_id text NOT NULL,
  "position" integer NOT NULL,
  is_fallback boolean DEFAULT false NOT NULL,
  CONSTRAINT access_review_reviewers_organization_id_user_id_review_id_posit PRIMARY KEY (organization_id, user_id, review_id, "position"),
  CONSTRAINT access_review_reviewers_organization_id_review_id_access_review FOREIGN KEY (organization_id, review_id)
    REFERENCES access_reviews(organization_id, id) ON DELETE CASCADE,
  CONSTRAINT access_review_reviewers_organization_id_user_id_users_organizat FOREIGN KEY (organization_id, user_id)
    REFERENCES users(organization_id, id) ON DELETE CASCADE
);
CREATE INDEX access_review_reviewers_line ON access_review_reviewers USING btree (organization_id, review_id, "position");
ALTER TABLE access_review_reviewers ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON access_review_reviewers FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON access_review_reviewers TO rolecall_server;

-- Roles that a mapping gives and a review took: held back while `open`, until the provider's group or attribute has
-- followed.
CREATE TABLE review_tasks (
  organization_id text NOT NULL,
  id text NOT NULL,
  review_id text NOT NULL,
  "position" integer NOT NULL,
  user_id text NOT NULL,
  mapping_id text NOT NULL,
  role_id text NOT NULL,
  brand_id text,
  status text NOT NULL,
  starts_at timestamp(3) with time zone NOT NULL,
  message text,
  created_at timestamp(3) with time zone NOT NULL,
  settled_at timestamp(3) with time zone,
  recorded_at timestamp with time zone DEFAULT now(),
  CONSTRAINT review_tasks_organization_id_id_pk PRIMARY KEY (organization_id, id),
  CONSTRAINT review_tasks_organization_id_review_id_access_reviews_organizat FOREIGN KEY (organization_id, review_id)
    REFERENCES access_reviews(organization_id, id) ON DELETE CASCADE,
  CONSTRAINT review_tasks_organization_id_user_id_users_organization_id_id_f FOREIGN KEY (organization_id, user_id)
    REFERENCES users(organization_id, id) ON DELETE CASCADE
);
CREATE INDEX review_tasks_line ON review_tasks USING btree (organization_id, review_id, "position");
CREATE UNIQUE INDEX review_tasks_open ON review_tasks USING btree (organization_id, user_id, mapping_id) WHERE (status = ANY (ARRAY['waiting'::text, 'open'::text]));
ALTER TABLE review_tasks ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON review_tasks FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
CREATE TRIGGER keep_administrator AFTER INSERT OR UPDATE OF status ON review_tasks
  FOR EACH ROW WHEN (new.brand_id IS NULL) EXECUTE FUNCTION keep_administrator_of_task();
CREATE TRIGGER keep_deleted AFTER DELETE ON review_tasks REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION history.keep_deleted_review_tasks();
CREATE TRIGGER keep_version BEFORE UPDATE ON review_tasks
  FOR EACH ROW WHEN (old.status IS DISTINCT FROM new.status OR old.mapping_id IS DISTINCT FROM new.mapping_id OR old.user_id IS DISTINCT FROM new.user_id) EXECUTE FUNCTION history.keep_version_of_review_tasks();
CREATE TRIGGER prove_role_given AFTER INSERT OR DELETE OR UPDATE OF status ON review_tasks
  FOR EACH ROW WHEN (current_setting('rolecall.proof'::text, true) = 'stale'::text) EXECUTE FUNCTION prove_role_given();
GRANT SELECT, INSERT, UPDATE, DELETE ON review_tasks TO rolecall_server;

-- Unanswered lines of an open campaign that nobody active can answer.
CREATE VIEW review_lines_without_reviewer WITH (security_invoker=true) AS
 SELECT l.organization_id,
    l.review_id,
    l."position",
    l.user_id
   FROM access_reviews r
     JOIN access_review_lines l ON l.organization_id = r.organization_id AND l.review_id = r.id AND l.answer IS NULL
  WHERE r.status = 'open'::text AND r.suspended_at IS NULL AND NOT (EXISTS ( SELECT
           FROM access_review_reviewers w
             JOIN users u ON u.organization_id = w.organization_id AND u.id = w.user_id AND u.status = 'active'::text AND u.deleted_at IS NULL
          WHERE w.organization_id = l.organization_id AND w.review_id = l.review_id AND w."position" = l."position"
         OFFSET 0));
GRANT SELECT ON review_lines_without_reviewer TO rolecall_server;

-- Whether a mapping gives somebody its role, held back or not.
CREATE OR REPLACE FUNCTION public.is_mapped(p_organization_id text, p_user_id text, p_mapping_id text)
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
  WITH RECURSIVE climbed (group_id) AS (
    SELECT gm.group_id FROM group_members gm WHERE gm.organization_id = p_organization_id AND gm.user_id = p_user_id
    UNION SELECT n.group_id FROM climbed c JOIN group_nestings n
      ON n.organization_id = p_organization_id AND n.child_group_id = c.group_id)
  SELECT EXISTS (SELECT FROM mappings m
    JOIN users u ON u.organization_id = m.organization_id AND u.id = p_user_id AND u.deleted_at IS NULL
    WHERE m.organization_id = p_organization_id AND m.id = p_mapping_id AND (m.group_id IN (SELECT group_id FROM climbed)
      OR (m.filter_path IS NOT NULL AND jsonb_path_match(user_document(u.attributes, u.user_name, u.external_id, u.display_name, u.status), m.filter_path::jsonpath, '{}', true)))) $function$;
GRANT EXECUTE ON FUNCTION is_mapped(text, text, text) TO PUBLIC;

-- Which mail to its reviewers an open campaign is at: 0 at the opening, 1 a week before answers are due, 2 a day
-- before, 3 overdue.
CREATE OR REPLACE FUNCTION public.review_stage(p_due_at timestamp with time zone)
 RETURNS integer
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT CASE WHEN now() >= p_due_at THEN 3 WHEN now() >= p_due_at - interval '1 day' THEN 2
    WHEN now() >= p_due_at - interval '7 days' THEN 1 ELSE 0 END $function$;
GRANT EXECUTE ON FUNCTION review_stage(timestamp with time zone) TO PUBLIC;

-- Where something of an access review is due.
CREATE OR REPLACE FUNCTION public.organizations_with_reviews()
 RETURNS TABLE(organization_id text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT o.id FROM organizations o WHERE o.status = 'active' AND (
    EXISTS (SELECT FROM access_reviews r WHERE r.organization_id = o.id AND r.status IN ('scheduled', 'open', 'closing')
      AND r.suspended_at IS NULL AND (
        (r.status = 'scheduled' AND r.starts_at <= now())
        OR (r.status = 'open' AND (r.closes_at <= now() OR review_stage(r.due_at) > coalesce(r.reminded, -1)))
        OR (r.status = 'closing' AND NOT EXISTS (SELECT FROM access_review_lines l WHERE l.organization_id = o.id
          AND l.review_id = r.id AND l.outcome IS NULL))
        OR EXISTS (SELECT FROM access_review_lines l WHERE l.organization_id = o.id AND l.review_id = r.id
          AND l.effective_at <= now() AND l.outcome IS NULL)))
    OR EXISTS (SELECT FROM review_lines_without_reviewer w WHERE w.organization_id = o.id)
    OR EXISTS (SELECT FROM access_reviews r WHERE r.organization_id = o.id AND r.restore_type IS NOT NULL)
    OR EXISTS (SELECT FROM review_tasks t WHERE t.organization_id = o.id AND (
      (t.status = 'waiting' AND t.starts_at <= now())
      OR (t.status IN ('waiting', 'open') AND NOT is_mapped(t.organization_id, t.user_id, t.mapping_id))))) $function$;
GRANT EXECUTE ON FUNCTION organizations_with_reviews() TO rolecall_server;

-- Where a list is to be begun, or somebody reminded.
CREATE OR REPLACE FUNCTION public.organizations_with_checklists()
 RETURNS TABLE(organization_id text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT DISTINCT b.organization_id FROM checklists_to_begin b
  UNION
  SELECT t.organization_id FROM checklist_tasks t JOIN checklists c ON c.organization_id = t.organization_id AND c.id = t.checklist_id
    AND c.status = 'open' WHERE t.settled_at IS NULL AND t.reminded_at IS NULL AND t.due_at <= now() $function$;
-- Called by functions of ours only.

-- =====================================================================================================================
-- API keys
--
-- The hash of a key tells whose it is; the entry of the transaction decides whether it still works.

-- Keys of the management API; only the SHA-256 is kept. A key with a user_id is a person's own and dies with them. What
-- a key may do never changes.
CREATE TABLE api_keys (
  organization_id text NOT NULL,
  id text NOT NULL,
  name text NOT NULL,
  user_id text,
  key_hash text NOT NULL,
  last_four text NOT NULL,
  created_at timestamp(3) with time zone NOT NULL,
  expires_at timestamp(3) with time zone,
  revoked_at timestamp(3) with time zone,
  last_used_at timestamp(3) with time zone,
  -- Kept by triggers: the organization is active.
  is_open boolean DEFAULT true NOT NULL,
  access text DEFAULT 'everything'::text NOT NULL,
  permissions jsonb,
  brand_ids jsonb,
  address_ranges jsonb,
  CONSTRAINT api_keys_organization_id_id_pk PRIMARY KEY (organization_id, id),
  CONSTRAINT api_keys_key_hash_unique UNIQUE (key_hash),
  CONSTRAINT api_keys_access CHECK ((access = ANY (ARRAY['everything'::text, 'decisions'::text, 'permissions'::text])) AND (access = 'permissions'::text) = (permissions IS NOT NULL)),
  CONSTRAINT api_keys_organization_id_organizations_id_fk FOREIGN KEY (organization_id)
    REFERENCES organizations(id) ON DELETE CASCADE,
  CONSTRAINT api_keys_organization_id_user_id_users_organization_id_id_fk FOREIGN KEY (organization_id, user_id)
    REFERENCES users(organization_id, id) ON DELETE CASCADE
);
CREATE INDEX api_keys_user ON api_keys USING btree (organization_id, user_id) WHERE (user_id IS NOT NULL);
ALTER TABLE api_keys ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON api_keys FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
CREATE TRIGGER open_new_key BEFORE INSERT ON api_keys
  FOR EACH ROW EXECUTE FUNCTION open_new_key();
CREATE TRIGGER refuse_emergency_account BEFORE INSERT ON api_keys
  FOR EACH ROW WHEN (new.user_id IS NOT NULL) EXECUTE FUNCTION refuse_emergency_account();
GRANT SELECT, INSERT, UPDATE, DELETE ON api_keys TO rolecall_server;

-- For servers of versions before scopes, during an upgrade: they do not get to see a key that has one.
CREATE OR REPLACE FUNCTION public.resolve_api_key(p_key_hash text)
 RETURNS TABLE(organization_id text, key_id text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$ SELECT k.organization_id, k.id FROM api_keys k WHERE k.key_hash = p_key_hash
    AND k.access = 'everything' AND k.address_ranges IS NULL $function$;
GRANT EXECUTE ON FUNCTION resolve_api_key(text) TO rolecall_server;

-- Whose key this is and what it may do, before any organization is entered, by its hash alone.
CREATE OR REPLACE FUNCTION public.resolve_api_key_scope(p_key_hash text)
 RETURNS TABLE(organization_id text, key_id text, access text, permissions jsonb, brand_ids jsonb, address_ranges jsonb)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$ SELECT k.organization_id, k.id, k.access, k.permissions, k.brand_ids, k.address_ranges
    FROM api_keys k WHERE k.key_hash = p_key_hash $function$;
GRANT EXECUTE ON FUNCTION resolve_api_key_scope(text) TO rolecall_server;

-- The entry of an API key's transaction: sets the organization and refuses (RC401) a key that is revoked, expired or
-- not open.
CREATE OR REPLACE FUNCTION public.enter_api_key(p_organization_id text, p_key_hash text)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
AS $function$
BEGIN
  PERFORM pg_catalog.set_config('rolecall.organization_id', p_organization_id, true);
  PERFORM FROM public.api_keys k
    WHERE k.key_hash = p_key_hash AND k.organization_id = p_organization_id
      AND k.is_open AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > pg_catalog.now());
  IF NOT FOUND THEN
    RAISE EXCEPTION 'api key refused' USING ERRCODE = 'RC401';
  END IF;
  RETURN p_organization_id;
END
$function$;
GRANT EXECUTE ON FUNCTION enter_api_key(text, text) TO rolecall_server;

-- A new key is open where its organization is active.
-- Trigger of api_keys (open_new_key).
CREATE OR REPLACE FUNCTION public.open_new_key()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  NEW.is_open := EXISTS (SELECT FROM organizations o WHERE o.id = NEW.organization_id AND o.status = 'active');
  RETURN NEW;
END
$function$;

-- =====================================================================================================================
-- The last administrator
--
-- The rule: no change that an administrator makes may leave an organization without a working administrator, that is,
-- somebody active who administers it in effect and does not need an emergency account.
-- A change that may matter (the triggers keep_administrator… of users, group_members, group_nestings, roles,
-- role_permissions, mappings, assignments, team_roles, team_members, team_sources, teams, review_tasks, policies,
-- organizations) leaves a row in administrator_checks. When the transaction ends, require_administrator looks at where
-- it has arrived: somebody is left, or it is refused (RC409). A directory or a sign-in may do it
-- (rolecall.last_administrator = honour): the organization is left to its emergency accounts, with an alarm. Before
-- there is any administrator, restricting somebody is no loss; and what was lost without an end has to be left to
-- somebody without an end.

-- A change that may concern an administrator leaves a row here, and the row is looked at when the transaction ends
-- (require_administrator): what counts is where it arrives, not how. Nobody but the owner reaches it.
CREATE TABLE administrator_checks (
  organization_id text NOT NULL,
  -- Somebody was restricted rather than removed. That is no loss where nobody was there to lose anything: an
  -- organization that has no administrator yet may have rules.
  is_restriction boolean DEFAULT false NOT NULL,
  -- What was lost had no end: it has to be left to somebody for good, not to those whose time ends.
  is_lasting boolean DEFAULT false NOT NULL
);
ALTER TABLE administrator_checks ENABLE ROW LEVEL SECURITY;
-- Deferred to the end of the transaction.
CREATE CONSTRAINT TRIGGER require_administrator AFTER INSERT ON administrator_checks DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION require_administrator();

-- The last-administrator rule. Changes that concern administrators of one organization follow each other, so that two
-- that are harmless alone cannot remove the last two. Nobody left: refused (RC409), or, where an identity provider
-- decides, honoured with an alarm, an audit row, and the role for the emergency accounts.
-- Trigger of administrator_checks (require_administrator).
CREATE OR REPLACE FUNCTION public.require_administrator()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  p_organization_id text := NEW.organization_id;
  v_now timestamptz := clock_timestamp();
  v_alarm text;
BEGIN
  DELETE FROM administrator_checks c WHERE c.organization_id = p_organization_id;
  IF NOT EXISTS (SELECT FROM organizations o WHERE o.id = p_organization_id) THEN RETURN NULL; END IF;
  -- Nobody needs to administer what is being erased.
  IF EXISTS (SELECT FROM platform_organizations p WHERE p.organization_id = p_organization_id AND p.deletion_due_at <= v_now)
    THEN RETURN NULL; END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('administrators ' || p_organization_id, 0));
  IF EXISTS (SELECT FROM administrators_of(p_organization_id) a
      WHERE NOT NEW.is_lasting OR administers(p_organization_id, a.user_id, true, true)) THEN RETURN NULL; END IF;
  IF NEW.is_restriction AND NOT EXISTS (SELECT FROM holders_of_everything(p_organization_id)) THEN RETURN NULL; END IF;
  IF current_setting('rolecall.last_administrator', true) IS DISTINCT FROM 'honour' THEN
    RAISE EXCEPTION '%', CASE WHEN EXISTS (SELECT FROM administrators_of(p_organization_id))
      THEN 'the last administrator for good' ELSE 'the last administrator' END USING ERRCODE = 'RC409';
  END IF;
  -- What a provider decides stands; those who are left have until their end to see to it.
  IF EXISTS (SELECT FROM administrators_of(p_organization_id)) THEN RETURN NULL; END IF;
  IF EXISTS (SELECT FROM alarms a WHERE a.organization_id = p_organization_id AND a.kind = 'last_administrator'
      AND a.settled_at IS NULL) THEN RETURN NULL; END IF;
  v_alarm := new_id('alm');
  INSERT INTO alarms (organization_id, id, kind, detail, raised_at) VALUES (p_organization_id, v_alarm,
    'last_administrator', jsonb_build_object('emergencyAccounts', (SELECT count(*) FROM emergency_accounts e
      WHERE e.organization_id = p_organization_id)), v_now);
  WITH given AS (
    INSERT INTO assignments (organization_id, id, user_id, role_id, reason, created_at, created_by)
      SELECT p_organization_id, new_id('asg'), e.user_id, r.role_id, 'The last administrator is gone', v_now, v_alarm
      FROM emergency_accounts e CROSS JOIN LATERAL (
        SELECT rp.role_id FROM role_permissions rp JOIN roles x ON x.organization_id = rp.organization_id AND x.id = rp.role_id
        WHERE rp.organization_id = p_organization_id AND rp.effect = 'allow' AND rp.permission = '*'
        ORDER BY x.rank DESC, x.id LIMIT 1) r
      WHERE e.organization_id = p_organization_id ON CONFLICT DO NOTHING RETURNING id, user_id, role_id, reason)
  INSERT INTO audit_events (organization_id, id, occurred_at, actor_type, actor_id, action, target_type, target_id, detail,
      request_id)
    SELECT p_organization_id, new_id('evt'), v_now, 'system', 'rolecall', 'assignment.create', 'assignment', g.id,
      jsonb_build_object('userId', g.user_id, 'roleId', g.role_id, 'role', x.key, 'brandId', NULL, 'brand', NULL, 'reason', g.reason,
        'alarm', v_alarm), 'req_alarm'
    FROM given g JOIN roles x ON x.organization_id = p_organization_id AND x.id = g.role_id;
  INSERT INTO audit_events (organization_id, id, occurred_at, actor_type, actor_id, action, target_type, target_id, detail,
      request_id)
    VALUES (p_organization_id, new_id('evt'), v_now, 'system', 'rolecall', 'organization.last_administrator_lost',
      'organization', p_organization_id, jsonb_build_object('alarm', v_alarm), 'req_alarm');
  RETURN NULL;
END
$function$;

-- The administrators that the rule counts: they hold everything, work, and administer in effect, now and with what they
-- are to hold later.
CREATE OR REPLACE FUNCTION public.administrators_of(p_organization_id text)
 RETURNS TABLE(user_id text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT h.user_id FROM holders_of_everything(p_organization_id) h
  WHERE administers(p_organization_id, h.user_id, false) AND administers(p_organization_id, h.user_id, true) $function$;
-- Called by functions of ours only.

-- Whether somebody administers the organization in effect: a role of theirs may do everything, it counts by the way
-- roles are read, and neither a deny nor a policy takes what is needed. p_later: also with what they are to hold from
-- some later time on. p_lasting: only with what has no end.
CREATE OR REPLACE FUNCTION public.administers(p_organization_id text, p_user_id text, p_later boolean, p_lasting boolean DEFAULT false)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  WITH held AS (
    SELECT e.role_id FROM effective_assignments e
    WHERE e.organization_id = p_organization_id AND e.user_id = p_user_id AND e.brand_id IS NULL
      AND (NOT p_lasting OR e.expires_at IS NULL)
    UNION
    SELECT a.role_id FROM assignments a
    WHERE p_later AND a.organization_id = p_organization_id AND a.user_id = p_user_id AND a.brand_id IS NULL
      AND a.valid_from > now() AND (a.expires_at IS NULL OR a.expires_at > a.valid_from AND NOT p_lasting)),
  ranked AS (
    SELECT h.role_id, r.kind, r.rank, max(r.rank) FILTER (WHERE r.kind = 'role') OVER () AS top FROM held h
    JOIN roles r ON r.organization_id = p_organization_id AND r.id = h.role_id),
  counting AS (
    SELECT k.role_id FROM ranked k JOIN organizations o ON o.id = p_organization_id
    WHERE o.role_strategy = 'union' OR k.rank = k.top OR k.kind <> 'role')
  SELECT EXISTS (SELECT FROM counting k WHERE is_administrator_role(p_organization_id, k.role_id))
    AND NOT EXISTS (SELECT FROM counting k JOIN role_permissions rp ON rp.organization_id = p_organization_id
      AND rp.role_id = k.role_id AND rp.effect = 'deny' WHERE touches_administrators(rp.permission))
    AND NOT EXISTS (SELECT FROM policies p WHERE p.organization_id = p_organization_id AND p.brand_id IS NULL
      AND touches_administrators(p.permission)
      AND NOT EXISTS (SELECT FROM counting k WHERE p.except_role_ids ? k.role_id)) $function$;
-- Called by functions of ours only.

-- Whoever works and holds a role that may do everything, whatever else restricts them.
CREATE OR REPLACE FUNCTION public.holders_of_everything(p_organization_id text)
 RETURNS TABLE(user_id text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  WITH holders AS (
    SELECT gm.user_id FROM groups_below(p_organization_id, ARRAY(
        SELECT m.group_id FROM mappings m WHERE m.organization_id = p_organization_id AND m.brand_id IS NULL
          AND m.group_id IS NOT NULL AND is_administrator_role(p_organization_id, m.role_id))) b
      JOIN group_members gm ON gm.organization_id = p_organization_id AND gm.group_id = b.group_id
    UNION
    SELECT a.user_id FROM assignments a
      JOIN role_permissions rp ON rp.organization_id = a.organization_id AND rp.role_id = a.role_id
        AND rp.effect = 'allow' AND rp.permission = '*'
      WHERE a.organization_id = p_organization_id AND a.brand_id IS NULL
        AND (a.valid_from IS NULL OR a.valid_from <= now()) AND (a.expires_at IS NULL OR a.expires_at > now())
    UNION
    SELECT t.user_id FROM holders_by_team t WHERE t.organization_id = p_organization_id AND t.brand_id IS NULL
      AND is_administrator_role(p_organization_id, t.role_id))
  SELECT h.user_id FROM holders h WHERE is_working(p_organization_id, h.user_id) $function$;
-- Called by functions of ours only.

-- Whether the role may do everything.
CREATE OR REPLACE FUNCTION public.is_administrator_role(p_organization_id text, p_role_id text)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT EXISTS (SELECT FROM role_permissions rp WHERE rp.organization_id = p_organization_id AND rp.role_id = p_role_id
    AND rp.effect = 'allow' AND rp.permission = '*') $function$;
-- Called by functions of ours only.

-- Whether somebody is active and no emergency account.
CREATE OR REPLACE FUNCTION public.is_working(p_organization_id text, p_user_id text)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT EXISTS (SELECT FROM users u WHERE u.organization_id = p_organization_id AND u.id = p_user_id
    AND u.status = 'active' AND u.deleted_at IS NULL) AND NOT EXISTS (
    SELECT FROM emergency_accounts e WHERE e.organization_id = p_organization_id AND e.user_id = p_user_id) $function$;
-- Called by functions of ours only.

-- Whether a permission touches what an administrator needs at least to set right whatever went wrong (essential in the
-- service).
CREATE OR REPLACE FUNCTION public.touches_administrators(p_permission text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT EXISTS (SELECT FROM unnest(ARRAY['users.manage', 'roles.assign', 'roles.manage', 'settings.manage']) w
    WHERE permission_covers(p_permission, w)) $function$;
-- Called by functions of ours only.

-- Roles whose coming or going can decide whether somebody administers: those that may do everything, that deny, that a
-- policy excepts, and all of them where only the highest counts.
CREATE OR REPLACE FUNCTION public.matters_to_administrators(p_organization_id text, p_role_id text)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT is_administrator_role(p_organization_id, p_role_id)
    OR EXISTS (SELECT FROM organizations o WHERE o.id = p_organization_id AND o.role_strategy = 'highest')
    OR EXISTS (SELECT FROM role_permissions rp WHERE rp.organization_id = p_organization_id AND rp.role_id = p_role_id
      AND rp.effect = 'deny' AND touches_administrators(rp.permission))
    OR EXISTS (SELECT FROM policies p WHERE p.organization_id = p_organization_id AND p.brand_id IS NULL
      AND p.except_role_ids ? p_role_id) $function$;
-- Called by functions of ours only.

-- Of the roles that members of a group hold through it: whether one matters, and whether one may do everything.
CREATE OR REPLACE FUNCTION public.group_matters(p_organization_id text, p_group_id text)
 RETURNS TABLE(matters boolean, administers boolean)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  WITH above AS (SELECT a.group_id FROM groups_above(p_organization_id, ARRAY[p_group_id]) a)
  SELECT coalesce(bool_or(x.matters), false), coalesce(bool_or(x.administers), false) FROM (
    SELECT matters_to_administrators(m.organization_id, m.role_id) AS matters,
      is_administrator_role(m.organization_id, m.role_id) AS administers
    FROM above a JOIN mappings m ON m.organization_id = p_organization_id AND m.group_id = a.group_id AND m.brand_id IS NULL
    UNION ALL
    SELECT t.matters, t.administers FROM teams_matter(p_organization_id, ARRAY(SELECT s.team_id FROM above a
      JOIN team_sources s ON s.organization_id = p_organization_id AND s.group_id = a.group_id)) t) x $function$;
-- Called by functions of ours only.

-- Of the roles that people of these teams hold by them: whether one matters, whether one may do everything, and whether
-- that one has no end.
CREATE OR REPLACE FUNCTION public.teams_matter(p_organization_id text, p_team_ids text[])
 RETURNS TABLE(matters boolean, administers boolean, lasting boolean)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT coalesce(bool_or(matters_to_administrators(r.organization_id, r.role_id)), false),
    coalesce(bool_or(is_administrator_role(r.organization_id, r.role_id)), false),
    coalesce(bool_or(r.expires_at IS NULL AND is_administrator_role(r.organization_id, r.role_id)), false)
  FROM team_roles r WHERE r.organization_id = p_organization_id AND r.brand_id IS NULL
    AND (r.expires_at IS NULL OR r.expires_at > now())
    AND r.team_id IN (SELECT unnest(ARRAY[t.id, t.parent_id]) FROM teams t
      WHERE t.organization_id = p_organization_id AND t.id = ANY (p_team_ids)) $function$;
-- Called by functions of ours only.

-- Asks for the check where one of these people, who is in the team no longer or only now, may have held something by
-- it.
CREATE OR REPLACE FUNCTION public.check_team(p_organization_id text, p_team_ids text[], p_user_ids text[], p_is_loss boolean)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  v_roles record;
BEGIN
  IF NOT p_is_loss AND NOT has_restrictions(p_organization_id) THEN RETURN; END IF;
  SELECT * INTO v_roles FROM teams_matter(p_organization_id, p_team_ids);
  IF NOT v_roles.matters OR NOT EXISTS (SELECT FROM unnest(p_user_ids) u (id) WHERE is_working(p_organization_id, u.id))
  THEN RETURN; END IF;
  IF p_is_loss AND v_roles.administers THEN PERFORM check_administrators(p_organization_id, v_roles.lasting);
  ELSE PERFORM check_restriction(p_organization_id); END IF;
END
$function$;
-- Called by functions of ours only.

-- Whether roles can restrict anybody at all. Mostly they cannot, and then joining a group costs nothing more.
CREATE OR REPLACE FUNCTION public.has_restrictions(p_organization_id text)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT EXISTS (SELECT FROM role_permissions rp WHERE rp.organization_id = p_organization_id AND rp.effect = 'deny')
    OR EXISTS (SELECT FROM organizations o WHERE o.id = p_organization_id AND o.role_strategy = 'highest') $function$;
-- Called by functions of ours only.

-- Asks for the check at the end of the transaction: an administrator may have been lost.
CREATE OR REPLACE FUNCTION public.check_administrators(p_organization_id text, p_lasting boolean DEFAULT true)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$ INSERT INTO administrator_checks (organization_id, is_lasting) VALUES (p_organization_id, p_lasting) $function$;
-- Called by functions of ours only.

-- Asks for the check at the end of the transaction: an administrator may have been restricted.
CREATE OR REPLACE FUNCTION public.check_restriction(p_organization_id text)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$ INSERT INTO administrator_checks (organization_id, is_restriction) VALUES (p_organization_id, true) $function$;
-- Called by functions of ours only.

-- Somebody was deactivated or deleted.
-- Trigger of users (keep_administrator).
CREATE OR REPLACE FUNCTION public.keep_administrator_of_user()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET enable_seqscan TO 'off'
AS $function$
DECLARE
  v_lasting boolean;
  v_roles text[] := ARRAY(SELECT rp.role_id FROM role_permissions rp
    WHERE rp.organization_id = NEW.organization_id AND rp.effect = 'allow' AND rp.permission = '*');
BEGIN
  IF NOT (EXISTS (SELECT FROM assignments a WHERE a.organization_id = NEW.organization_id AND a.user_id = NEW.id
        AND a.role_id = ANY (v_roles))
      OR EXISTS (SELECT FROM mappings m WHERE m.organization_id = NEW.organization_id AND m.role_id = ANY (v_roles)
        AND (m.filter_path IS NOT NULL OR EXISTS (
          SELECT FROM group_members g WHERE g.organization_id = NEW.organization_id AND g.user_id = NEW.id)))
      OR EXISTS (SELECT FROM team_roles r WHERE r.organization_id = NEW.organization_id AND r.role_id = ANY (v_roles)))
  THEN RETURN NULL; END IF;
  IF EXISTS (SELECT FROM emergency_accounts e WHERE e.organization_id = NEW.organization_id AND e.user_id = NEW.id)
  THEN RETURN NULL; END IF;
  SELECT bool_or(a.expires_at IS NULL) INTO v_lasting FROM effective_assignments a
    WHERE a.organization_id = NEW.organization_id AND a.user_id = NEW.id AND a.brand_id IS NULL
      AND is_administrator_role(a.organization_id, a.role_id);
  IF v_lasting IS NOT NULL THEN PERFORM check_administrators(NEW.organization_id, v_lasting); END IF;
  RETURN NULL;
END $function$;

-- Attributes decide which filters somebody satisfies.
-- Trigger of users (keep_administrator_of_attributes).
CREATE OR REPLACE FUNCTION public.keep_administrator_of_attributes()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  IF (EXISTS (SELECT FROM mappings m WHERE m.organization_id = NEW.organization_id AND m.filter_path IS NOT NULL
        AND m.brand_id IS NULL AND matters_to_administrators(m.organization_id, m.role_id))
      OR EXISTS (SELECT FROM team_sources s CROSS JOIN LATERAL teams_matter(s.organization_id, ARRAY[s.team_id]) t
        WHERE s.organization_id = NEW.organization_id AND s.filter_path IS NOT NULL AND t.matters))
    AND is_working(NEW.organization_id, NEW.id)
  THEN PERFORM check_restriction(NEW.organization_id); END IF;
  RETURN NULL;
END
$function$;

-- Members left, or came and are restricted by what they now hold. Once a statement, however many.
-- Trigger of group_members (keep_administrator), group_members (keep_administrator_of_new).
CREATE OR REPLACE FUNCTION public.keep_administrator_of_members()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  v_group record;
  v_roles record;
BEGIN
  FOR v_group IN SELECT DISTINCT g.organization_id, g.group_id FROM changed g LOOP
    CONTINUE WHEN TG_OP = 'INSERT' AND NOT has_restrictions(v_group.organization_id);
    SELECT * INTO v_roles FROM group_matters(v_group.organization_id, v_group.group_id);
    IF v_roles.matters
      AND EXISTS (SELECT FROM changed g WHERE g.organization_id = v_group.organization_id AND g.group_id = v_group.group_id
        AND is_working(g.organization_id, g.user_id))
    THEN
      IF TG_OP = 'DELETE' AND v_roles.administers THEN PERFORM check_administrators(v_group.organization_id);
      ELSE PERFORM check_restriction(v_group.organization_id); END IF;
    END IF;
  END LOOP;
  RETURN NULL;
END
$function$;

-- A group left another one, or came into it.
-- Trigger of group_nestings (keep_administrator), group_nestings (keep_administrator_of_new).
CREATE OR REPLACE FUNCTION public.keep_administrator_of_nesting()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  v_row group_nestings := CASE WHEN TG_OP = 'INSERT' THEN NEW ELSE OLD END;
  v_roles record;
BEGIN
  IF TG_OP = 'INSERT' AND NOT has_restrictions(v_row.organization_id) THEN RETURN NULL; END IF;
  SELECT * INTO v_roles FROM group_matters(v_row.organization_id, v_row.group_id);
  IF v_roles.matters THEN
    IF TG_OP = 'DELETE' AND v_roles.administers AND EXISTS (
        SELECT FROM groups_below(v_row.organization_id, ARRAY[v_row.child_group_id]) b
        JOIN group_members gm ON gm.organization_id = v_row.organization_id AND gm.group_id = b.group_id
        WHERE is_working(v_row.organization_id, gm.user_id))
    THEN PERFORM check_administrators(v_row.organization_id);
    ELSE PERFORM check_restriction(v_row.organization_id); END IF;
  END IF;
  RETURN NULL;
END
$function$;

-- A role may no longer do everything.
-- Trigger of role_permissions (keep_administrator).
CREATE OR REPLACE FUNCTION public.keep_administrator_of_role()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  v_lasting boolean;
BEGIN
  SELECT bool_or(h.lasting) INTO v_lasting FROM (
    SELECT a.expires_at IS NULL AS lasting FROM assignments a WHERE a.organization_id = OLD.organization_id
      AND a.role_id = OLD.role_id AND a.brand_id IS NULL AND is_working(a.organization_id, a.user_id)
    UNION ALL
    SELECT true FROM mappings m CROSS JOIN LATERAL groups_below(m.organization_id, ARRAY[m.group_id]) b
      JOIN group_members gm ON gm.organization_id = m.organization_id AND gm.group_id = b.group_id
      WHERE m.organization_id = OLD.organization_id AND m.role_id = OLD.role_id AND m.brand_id IS NULL
        AND m.group_id IS NOT NULL AND is_working(m.organization_id, gm.user_id)
    UNION ALL
    SELECT t.expires_at IS NULL FROM holders_by_team t WHERE t.organization_id = OLD.organization_id
      AND t.role_id = OLD.role_id AND t.brand_id IS NULL AND is_working(t.organization_id, t.user_id)) h;
  IF v_lasting IS NOT NULL THEN PERFORM check_administrators(OLD.organization_id, v_lasting); END IF;
  RETURN NULL;
END
$function$;

-- A role denies more. Once a statement, however much.
-- Trigger of role_permissions (keep_administrator_of_denies).
CREATE OR REPLACE FUNCTION public.keep_administrator_of_denies()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  v_organization_id text;
BEGIN
  FOR v_organization_id IN SELECT DISTINCT f.organization_id FROM fresh f
    WHERE f.effect = 'deny' AND touches_administrators(f.permission)
  LOOP PERFORM check_restriction(v_organization_id); END LOOP;
  RETURN NULL;
END
$function$;

-- Another role is the highest.
-- Trigger of roles (keep_administrator).
CREATE OR REPLACE FUNCTION public.keep_administrator_of_rank()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  IF has_restrictions(NEW.organization_id) THEN PERFORM check_restriction(NEW.organization_id); END IF;
  RETURN NULL;
END
$function$;

-- A mapping came, went or changed.
-- Trigger of mappings (keep_administrator).
CREATE OR REPLACE FUNCTION public.keep_administrator_of_mapping()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  v_row mappings := CASE WHEN TG_OP = 'INSERT' THEN NEW ELSE OLD END;
BEGIN
  IF v_row.brand_id IS NULL AND (TG_OP <> 'INSERT' OR has_restrictions(v_row.organization_id))
    AND matters_to_administrators(v_row.organization_id, v_row.role_id)
  THEN
    IF TG_OP <> 'INSERT' AND v_row.group_id IS NOT NULL AND is_administrator_role(v_row.organization_id, v_row.role_id)
      AND EXISTS (SELECT FROM groups_below(v_row.organization_id, ARRAY[v_row.group_id]) b
        JOIN group_members gm ON gm.organization_id = v_row.organization_id AND gm.group_id = b.group_id
        WHERE is_working(v_row.organization_id, gm.user_id))
    THEN PERFORM check_administrators(v_row.organization_id);
    ELSE PERFORM check_restriction(v_row.organization_id); END IF;
  END IF;
  RETURN NULL;
END
$function$;

-- An assignment came, went or changed.
-- Trigger of assignments (keep_administrator), assignments (keep_administrator_of_new).
CREATE OR REPLACE FUNCTION public.keep_administrator_of_assignment()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  v_row assignments := CASE WHEN TG_OP = 'INSERT' THEN NEW ELSE OLD END;
BEGIN
  IF (TG_OP <> 'INSERT' OR has_restrictions(v_row.organization_id))
    AND matters_to_administrators(v_row.organization_id, v_row.role_id) AND is_working(v_row.organization_id, v_row.user_id)
  THEN
    IF TG_OP <> 'INSERT' AND is_administrator_role(v_row.organization_id, v_row.role_id)
    THEN PERFORM check_administrators(v_row.organization_id, v_row.expires_at IS NULL);
    ELSE PERFORM check_restriction(v_row.organization_id); END IF;
  END IF;
  RETURN NULL;
END
$function$;

-- A role was held back, or given free again.
-- Trigger of review_tasks (keep_administrator).
CREATE OR REPLACE FUNCTION public.keep_administrator_of_task()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  IF matters_to_administrators(NEW.organization_id, NEW.role_id) AND is_working(NEW.organization_id, NEW.user_id) THEN
    IF NEW.status = 'open' AND is_administrator_role(NEW.organization_id, NEW.role_id)
    THEN PERFORM check_administrators(NEW.organization_id);
    ELSIF NEW.status = 'open' OR has_restrictions(NEW.organization_id)
    THEN PERFORM check_restriction(NEW.organization_id); END IF;
  END IF;
  RETURN NULL;
END $function$;

-- A role of a team came, went or changed.
-- Trigger of team_roles (keep_administrator), team_roles (keep_administrator_of_new).
CREATE OR REPLACE FUNCTION public.keep_administrator_of_team_role()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  v_row team_roles := CASE WHEN TG_OP = 'INSERT' THEN NEW ELSE OLD END;
BEGIN
  IF (TG_OP <> 'INSERT' OR has_restrictions(v_row.organization_id))
    AND matters_to_administrators(v_row.organization_id, v_row.role_id)
    AND EXISTS (SELECT FROM people_of_teams p WHERE p.organization_id = v_row.organization_id
      AND v_row.team_id IN (p.team_id, p.parent_id) AND is_working(p.organization_id, p.user_id))
  THEN
    IF TG_OP <> 'INSERT' AND is_administrator_role(v_row.organization_id, v_row.role_id)
    THEN PERFORM check_administrators(v_row.organization_id, v_row.expires_at IS NULL);
    ELSE PERFORM check_restriction(v_row.organization_id); END IF;
  END IF;
  RETURN NULL;
END
$function$;

-- People were added to a team, or taken out. Once a statement and team, however many.
-- Trigger of team_members (keep_administrator), team_members (keep_administrator_of_new).
CREATE OR REPLACE FUNCTION public.keep_administrator_of_team_members()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  PERFORM check_team(c.organization_id, ARRAY[c.team_id], array_agg(c.user_id), TG_OP = 'DELETE') FROM changed c
    GROUP BY c.organization_id, c.team_id;
  RETURN NULL;
END
$function$;

-- People were left out of a team, or let in again.
-- Trigger of team_exclusions (keep_administrator), team_exclusions (keep_administrator_of_gone).
CREATE OR REPLACE FUNCTION public.keep_administrator_of_exclusions()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  PERFORM check_team(c.organization_id, ARRAY[c.team_id], array_agg(c.user_id), TG_OP = 'INSERT') FROM changed c
    GROUP BY c.organization_id, c.team_id;
  RETURN NULL;
END
$function$;

-- A group or a filter fills a team, or does so no longer.
-- Trigger of team_sources (keep_administrator).
CREATE OR REPLACE FUNCTION public.keep_administrator_of_team_source()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  v_row team_sources := CASE WHEN TG_OP = 'INSERT' THEN NEW ELSE OLD END;
BEGIN
  IF v_row.group_id IS NOT NULL THEN
    PERFORM check_team(v_row.organization_id, ARRAY[v_row.team_id], ARRAY(SELECT gm.user_id
      FROM groups_below(v_row.organization_id, ARRAY[v_row.group_id]) b
      JOIN group_members gm ON gm.organization_id = v_row.organization_id AND gm.group_id = b.group_id), TG_OP = 'DELETE');
  ELSIF (SELECT t.matters FROM teams_matter(v_row.organization_id, ARRAY[v_row.team_id]) t)
  THEN PERFORM check_restriction(v_row.organization_id); END IF;
  RETURN NULL;
END
$function$;

-- A team has another leader, or is within another team.
-- Trigger of teams (keep_administrator).
CREATE OR REPLACE FUNCTION public.keep_administrator_of_team()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.leader_id IS DISTINCT FROM NEW.leader_id THEN
    PERFORM check_team(NEW.organization_id, ARRAY[OLD.id], ARRAY[OLD.leader_id], true);
  END IF;
  IF TG_OP = 'UPDATE' AND OLD.parent_id IS DISTINCT FROM NEW.parent_id THEN
    PERFORM check_team(NEW.organization_id, ARRAY[OLD.parent_id], ARRAY(SELECT p.user_id FROM people_of_teams p
      WHERE p.organization_id = NEW.organization_id AND p.team_id = NEW.id), true);
  END IF;
  PERFORM check_team(NEW.organization_id, ARRAY[NEW.id], ARRAY(SELECT p.user_id FROM people_of_teams p
    WHERE p.organization_id = NEW.organization_id AND p.team_id = NEW.id), false);
  RETURN NULL;
END
$function$;

-- A policy takes away what administrators need.
-- Trigger of policies (keep_administrator).
CREATE OR REPLACE FUNCTION public.keep_administrator_of_policy()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  IF NEW.brand_id IS NULL AND touches_administrators(NEW.permission)
  THEN PERFORM check_restriction(NEW.organization_id); END IF;
  RETURN NULL;
END
$function$;

-- Roles are read in another way: all of them count, or only the highest.
-- Trigger of organizations (keep_administrator).
CREATE OR REPLACE FUNCTION public.keep_administrator_of_strategy()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  PERFORM check_restriction(NEW.id);
  RETURN NULL;
END
$function$;

-- Who the administrators are, in the transaction's organization.
CREATE OR REPLACE FUNCTION public.effective_administrators()
 RETURNS TABLE(user_id text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$ SELECT user_id FROM administrators_of(current_setting('rolecall.organization_id', true)) $function$;
GRANT EXECUTE ON FUNCTION effective_administrators() TO rolecall_server;

-- How many administrators there are, in the transaction's organization.
CREATE OR REPLACE FUNCTION public.count_administrators()
 RETURNS integer
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$ SELECT count(*)::integer FROM administrators_of(current_setting('rolecall.organization_id', true)) $function$;
GRANT EXECUTE ON FUNCTION count_administrators() TO rolecall_server;

-- =====================================================================================================================
-- Managing permissions, and the fresh proof that they want
--
-- A session whose proof of who somebody is has grown old enters with rolecall.proof = stale. The triggers prove_… then
-- refuse (RC428) what decides who manages something or who may come in.

-- The managing permissions: whether holding this one lets somebody manage something. The names are those of
-- src/access/managers/management.ts.
CREATE OR REPLACE FUNCTION public.manages_something(p_permission text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT EXISTS (SELECT FROM unnest(ARRAY['users.read', 'users.invite', 'users.manage', 'teams.manage', 'roles.assign',
      'roles.manage', 'brands.create', 'brands.manage', 'settings.view', 'settings.manage', 'settings.integrations', 'audit.view',
      'audit.write', 'events.read']) wanted
    WHERE permission_covers(p_permission, wanted)) $function$;
GRANT EXECUTE ON FUNCTION manages_something(text) TO PUBLIC;

-- Whether a role lets its holders manage something.
CREATE OR REPLACE FUNCTION public.is_managing_role(p_organization_id text, p_role_id text)
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT EXISTS (SELECT FROM role_permissions rp WHERE rp.organization_id = p_organization_id AND rp.role_id = p_role_id
    AND rp.effect = 'allow' AND manages_something(rp.permission)) $function$;
GRANT EXECUTE ON FUNCTION is_managing_role(text, text) TO PUBLIC;

-- Whether somebody manages anything here, or will: has a role, anywhere, that lets them (managing in the service).
CREATE OR REPLACE FUNCTION public.manages_anything(p_organization_id text, p_user_id text)
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT EXISTS (
    SELECT FROM (
      SELECT e.role_id FROM effective_assignments e WHERE e.organization_id = p_organization_id AND e.user_id = p_user_id
      UNION SELECT a.role_id FROM assignments a WHERE a.organization_id = p_organization_id AND a.user_id = p_user_id
        AND (a.expires_at IS NULL OR a.expires_at > now())) h
    WHERE is_managing_role(p_organization_id, h.role_id)) $function$;
GRANT EXECUTE ON FUNCTION manages_anything(text, text) TO PUBLIC;

-- Refuses (RC428) what wants a fresh proof. A session whose proof is old enters with rolecall.proof set to stale, and
-- the triggers prove_… come here wherever a change decides who manages something or who may come in, whichever verb
-- makes it. For everybody else this costs one look at the setting.
CREATE OR REPLACE FUNCTION public.refuse_stale_proof()
 RETURNS void
 LANGUAGE plpgsql
AS $function$
BEGIN
  RAISE EXCEPTION 'A fresh proof is needed' USING ERRCODE = 'RC428';
END $function$;
GRANT EXECUTE ON FUNCTION refuse_stale_proof() TO PUBLIC;

-- Assignments, mappings and roles of teams, of roles that manage.
-- Trigger of assignments (prove_role_given), mappings (prove_role_given), review_tasks (prove_role_given), team_roles
-- (prove_role_given).
CREATE OR REPLACE FUNCTION public.prove_role_given()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  IF TG_OP <> 'INSERT' AND is_managing_role(OLD.organization_id, OLD.role_id) THEN PERFORM refuse_stale_proof(); END IF;
  IF TG_OP <> 'DELETE' AND is_managing_role(NEW.organization_id, NEW.role_id) THEN PERFORM refuse_stale_proof(); END IF;
  RETURN NULL;
END $function$;

-- What roles mean, and what policies take.
-- Trigger of policies (prove_permission), role_permissions (prove_permission).
CREATE OR REPLACE FUNCTION public.prove_permission()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  IF TG_OP <> 'INSERT' AND manages_something(OLD.permission) THEN PERFORM refuse_stale_proof(); END IF;
  IF TG_OP <> 'DELETE' AND manages_something(NEW.permission) THEN PERFORM refuse_stale_proof(); END IF;
  RETURN NULL;
END $function$;

-- The rank of roles that manage.
-- Trigger of roles (prove_rank).
CREATE OR REPLACE FUNCTION public.prove_rank()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  IF is_managing_role(NEW.organization_id, NEW.id) THEN PERFORM refuse_stale_proof(); END IF;
  RETURN NULL;
END $function$;

-- Groups that give a role that manages, by themselves, by what they belong to, or by a team that they fill.
-- Trigger of group_members (prove_membership), group_nestings (prove_membership).
CREATE OR REPLACE FUNCTION public.prove_membership()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  v_row record;
  v_above text[];
BEGIN
  IF TG_OP = 'DELETE' THEN v_row := OLD; ELSE v_row := NEW; END IF;
  v_above := ARRAY(SELECT a.group_id FROM groups_above(v_row.organization_id, ARRAY[v_row.group_id]) a);
  IF EXISTS (SELECT FROM mappings m WHERE m.organization_id = v_row.organization_id AND m.group_id = ANY (v_above)
      AND is_managing_role(m.organization_id, m.role_id))
    OR teams_manage(v_row.organization_id, ARRAY(SELECT s.team_id FROM team_sources s
      WHERE s.organization_id = v_row.organization_id AND s.group_id = ANY (v_above)))
  THEN PERFORM refuse_stale_proof(); END IF;
  RETURN NULL;
END $function$;

-- Whether somebody in one of these teams holds a role by it that lets them manage something.
CREATE OR REPLACE FUNCTION public.teams_manage(p_organization_id text, p_team_ids text[])
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT EXISTS (SELECT FROM team_roles r WHERE r.organization_id = p_organization_id
    AND is_managing_role(p_organization_id, r.role_id)
    AND r.team_id IN (SELECT unnest(ARRAY[t.id, t.parent_id]) FROM teams t
      WHERE t.organization_id = p_organization_id AND t.id = ANY (p_team_ids))) $function$;
GRANT EXECUTE ON FUNCTION teams_manage(text, text[]) TO PUBLIC;

-- What is kept apart, where the second side lets people manage something.
-- Trigger of separation_rules (prove_separation).
CREATE OR REPLACE FUNCTION public.prove_separation()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  v_row separation_rules := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
BEGIN
  IF manages_something(coalesce(v_row.second_permission, ''))
    OR (v_row.second_role_id IS NOT NULL AND is_managing_role(v_row.organization_id, v_row.second_role_id))
  THEN PERFORM refuse_stale_proof(); END IF;
  RETURN NULL;
END $function$;

-- Who comes into a team, or leaves it, where that lets people manage something.
-- Trigger of team_exclusions (prove_team), team_members (prove_team), team_sources (prove_team), teams (prove_team).
CREATE OR REPLACE FUNCTION public.prove_team()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  v_row record;
BEGIN
  IF TG_OP = 'DELETE' THEN v_row := OLD; ELSE v_row := NEW; END IF;
  IF TG_TABLE_NAME <> 'teams' THEN
    IF teams_manage(v_row.organization_id, ARRAY[v_row.team_id]) THEN PERFORM refuse_stale_proof(); END IF;
  ELSIF teams_manage(v_row.organization_id, ARRAY[v_row.id, v_row.parent_id, CASE WHEN TG_OP = 'UPDATE' THEN OLD.parent_id END])
  THEN PERFORM refuse_stale_proof(); END IF;
  RETURN NULL;
END $function$;

-- Whether people may come in, and under which names and addresses; changes of many people.
-- Trigger of access_reviews (prove_person), user_changes (prove_person), users (prove_person).
CREATE OR REPLACE FUNCTION public.prove_person()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  PERFORM refuse_stale_proof();
  RETURN NULL;
END $function$;

-- Mappings and teams by filter give roles by what is written of a person.
-- Trigger of users (prove_attributes).
CREATE OR REPLACE FUNCTION public.prove_attributes()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  IF EXISTS (SELECT FROM (
      SELECT m.filter_path FROM mappings m WHERE m.organization_id = NEW.organization_id AND m.filter_path IS NOT NULL
        AND is_managing_role(m.organization_id, m.role_id)
      UNION SELECT s.filter_path FROM team_sources s WHERE s.organization_id = NEW.organization_id
        AND s.filter_path IS NOT NULL AND teams_manage(s.organization_id, ARRAY[s.team_id])) f
    WHERE (jsonb_path_match(user_document(NEW.attributes, NEW.user_name, NEW.external_id, NEW.display_name, NEW.status), f.filter_path::jsonpath, '{}', true) IS TRUE)
      IS DISTINCT FROM (TG_OP = 'UPDATE'
        AND jsonb_path_match(user_document(OLD.attributes, OLD.user_name, OLD.external_id, OLD.display_name, OLD.status), f.filter_path::jsonpath, '{}', true) IS TRUE))
  THEN PERFORM refuse_stale_proof(); END IF;
  RETURN NULL;
END $function$;

-- =====================================================================================================================
-- Connections to identity providers, domains, setup links
--
-- What a customer has wired up to sign in with, and who is whom there.

-- An organization's SAML or OpenID Connect identity provider. settings holds what depends on the type; secrets are
-- sealed, each in a column of its own.
CREATE TABLE connections (
  organization_id text NOT NULL,
  id text NOT NULL,
  type text NOT NULL,
  preset text NOT NULL,
  name text NOT NULL,
  status text NOT NULL,
  settings jsonb NOT NULL,
  secret_sealed text,
  directory_id text,
  jit text NOT NULL,
  default_role_id text,
  is_idp_initiated_allowed boolean NOT NULL,
  tested_at timestamp(3) with time zone,
  refreshed_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone NOT NULL,
  updated_at timestamp(3) with time zone NOT NULL,
  CONSTRAINT connections_organization_id_id_pk PRIMARY KEY (organization_id, id),
  CONSTRAINT connections_organization_id_default_role_id_roles_organization_ FOREIGN KEY (organization_id, default_role_id)
    REFERENCES roles(organization_id, id),
  CONSTRAINT connections_organization_id_directory_id_directories_organizati FOREIGN KEY (organization_id, directory_id)
    REFERENCES directories(organization_id, id),
  CONSTRAINT connections_organization_id_organizations_id_fk FOREIGN KEY (organization_id)
    REFERENCES organizations(id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX connections_id ON connections USING btree (id);
ALTER TABLE connections ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON connections FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON connections TO rolecall_server;

-- An e-mail domain that an organization claims. Verified, it belongs to one organization of the whole installation.
CREATE TABLE domains (
  organization_id text NOT NULL,
  id text NOT NULL,
  name text NOT NULL,
  status text NOT NULL,
  challenge text NOT NULL,
  verified_by text,
  verified_at timestamp(3) with time zone,
  checked_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone NOT NULL,
  CONSTRAINT domains_organization_id_id_pk PRIMARY KEY (organization_id, id),
  CONSTRAINT domains_organization_id_organizations_id_fk FOREIGN KEY (organization_id)
    REFERENCES organizations(id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX domains_name ON domains USING btree (organization_id, name);
CREATE UNIQUE INDEX domains_verified ON domains USING btree (name) WHERE (status = 'verified'::text);
ALTER TABLE domains ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON domains FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON domains TO rolecall_server;

-- Which connections may vouch for addresses of a domain; a domain with none here may be used by all of them. A
-- connection that is bound cannot be removed beneath it, since a domain that loses its last one would be open to all.
CREATE TABLE domain_connections (
  organization_id text NOT NULL,
  domain_id text NOT NULL,
  connection_id text NOT NULL,
  CONSTRAINT domain_connections_organization_id_domain_id_connection_id_pk PRIMARY KEY (organization_id, domain_id, connection_id),
  CONSTRAINT domain_connections_organization_id_connection_id_connections_or FOREIGN KEY (organization_id, connection_id)
    REFERENCES connections(organization_id, id),
  CONSTRAINT domain_connections_organization_id_domain_id_domains_organizati FOREIGN KEY (organization_id, domain_id)
    REFERENCES domains(organization_id, id) ON DELETE CASCADE
);
ALTER TABLE domain_connections ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON domain_connections FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON domain_connections TO rolecall_server;

-- The stored link from connection and subject to a person; an address alone never links anybody.
CREATE TABLE identities (
  organization_id text NOT NULL,
  connection_id text NOT NULL,
  subject text NOT NULL,
  user_id text NOT NULL,
  created_at timestamp(3) with time zone NOT NULL,
  last_sign_in_at timestamp(3) with time zone,
  CONSTRAINT identities_organization_id_connection_id_subject_pk PRIMARY KEY (organization_id, connection_id, subject),
  CONSTRAINT identities_organization_id_connection_id_connections_organizati FOREIGN KEY (organization_id, connection_id)
    REFERENCES connections(organization_id, id) ON DELETE CASCADE,
  CONSTRAINT identities_organization_id_user_id_users_organization_id_id_fk FOREIGN KEY (organization_id, user_id)
    REFERENCES users(organization_id, id) ON DELETE CASCADE
);
CREATE INDEX identities_user ON identities USING btree (organization_id, user_id);
ALTER TABLE identities ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON identities FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
CREATE TRIGGER refuse_emergency_account BEFORE INSERT OR UPDATE OF user_id ON identities
  FOR EACH ROW EXECUTE FUNCTION refuse_emergency_account();
GRANT SELECT, INSERT, UPDATE, DELETE ON identities TO rolecall_server;

-- Identities that wait for an administrator's word before they are linked to somebody who manages something.
CREATE TABLE link_requests (
  organization_id text NOT NULL,
  id text NOT NULL,
  connection_id text NOT NULL,
  subject text NOT NULL,
  user_id text NOT NULL,
  email text NOT NULL,
  status text NOT NULL,
  created_at timestamp(3) with time zone NOT NULL,
  last_seen_at timestamp(3) with time zone NOT NULL,
  decided_at timestamp(3) with time zone,
  decided_by text,
  CONSTRAINT link_requests_organization_id_id_pk PRIMARY KEY (organization_id, id),
  CONSTRAINT link_requests_organization_id_connection_id_connections_organiz FOREIGN KEY (organization_id, connection_id)
    REFERENCES connections(organization_id, id) ON DELETE CASCADE,
  CONSTRAINT link_requests_organization_id_user_id_users_organization_id_id_ FOREIGN KEY (organization_id, user_id)
    REFERENCES users(organization_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX link_requests_once ON link_requests USING btree (organization_id, connection_id, subject, user_id);
CREATE INDEX link_requests_user ON link_requests USING btree (organization_id, user_id);
ALTER TABLE link_requests ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON link_requests FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
CREATE TRIGGER refuse_emergency_account BEFORE INSERT ON link_requests
  FOR EACH ROW EXECUTE FUNCTION refuse_emergency_account();
GRANT SELECT, INSERT, UPDATE, DELETE ON link_requests TO rolecall_server;

-- Which groups came from a connection's claims, by the value that the claims carry.
CREATE TABLE connection_groups (
  organization_id text NOT NULL,
  connection_id text NOT NULL,
  value text NOT NULL,
  group_id text NOT NULL,
  CONSTRAINT connection_groups_organization_id_connection_id_value_pk PRIMARY KEY (organization_id, connection_id, value),
  CONSTRAINT connection_groups_organization_id_connection_id_connections_org FOREIGN KEY (organization_id, connection_id)
    REFERENCES connections(organization_id, id) ON DELETE CASCADE,
  CONSTRAINT connection_groups_organization_id_group_id_groups_organization_ FOREIGN KEY (organization_id, group_id)
    REFERENCES groups(organization_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX connection_groups_group ON connection_groups USING btree (organization_id, group_id);
ALTER TABLE connection_groups ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON connection_groups FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON connection_groups TO rolecall_server;

-- A link that lets somebody without an account connect one identity provider: it makes one connection and one
-- directory, and sees nothing else. The token is hashed.
CREATE TABLE setup_links (
  organization_id text NOT NULL,
  id text NOT NULL,
  token_hash text NOT NULL,
  label text NOT NULL,
  connection_id text,
  directory_id text,
  created_by text NOT NULL,
  created_at timestamp(3) with time zone NOT NULL,
  expires_at timestamp(3) with time zone NOT NULL,
  revoked_at timestamp(3) with time zone,
  last_used_at timestamp(3) with time zone,
  arrivals text DEFAULT 'active'::text NOT NULL,
  domains jsonb DEFAULT '[]'::jsonb NOT NULL,
  CONSTRAINT setup_links_organization_id_id_pk PRIMARY KEY (organization_id, id),
  CONSTRAINT setup_links_organization_id_connection_id_connections_organizat FOREIGN KEY (organization_id, connection_id)
    REFERENCES connections(organization_id, id) ON DELETE CASCADE,
  CONSTRAINT setup_links_organization_id_directory_id_directories_organizati FOREIGN KEY (organization_id, directory_id)
    REFERENCES directories(organization_id, id) ON DELETE CASCADE,
  CONSTRAINT setup_links_organization_id_organizations_id_fk FOREIGN KEY (organization_id)
    REFERENCES organizations(id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX setup_links_token ON setup_links USING btree (token_hash);
ALTER TABLE setup_links ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON setup_links FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON setup_links TO rolecall_server;

-- The active organization of a connection, before it is entered: by an id that is public and says nothing else.
CREATE OR REPLACE FUNCTION public.resolve_connection(p_connection_id text)
 RETURNS TABLE(organization_id text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$ SELECT c.organization_id FROM connections c JOIN organizations o ON o.id = c.organization_id
        WHERE c.id = p_connection_id AND o.status = 'active' $function$;
GRANT EXECUTE ON FUNCTION resolve_connection(text) TO rolecall_server;

-- Home realm discovery: which organization has proven the domain. That much may be known of a domain; of a person
-- nothing.
CREATE OR REPLACE FUNCTION public.resolve_domain(p_name text)
 RETURNS TABLE(organization_id text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$ SELECT d.organization_id FROM domains d JOIN organizations o ON o.id = d.organization_id
        WHERE d.name = p_name AND d.status = 'verified' AND o.status = 'active' $function$;
GRANT EXECUTE ON FUNCTION resolve_domain(text) TO rolecall_server;

-- Whose setup link this is, by the hash of its token.
CREATE OR REPLACE FUNCTION public.resolve_setup_link(p_token_hash text)
 RETURNS TABLE(organization_id text, link_id text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$ SELECT l.organization_id, l.id FROM setup_links l WHERE l.token_hash = p_token_hash $function$;
GRANT EXECUTE ON FUNCTION resolve_setup_link(text) TO rolecall_server;

-- The entry of what is done with a setup link: sets the organization and refuses (RC401) a link that is revoked or
-- expired.
CREATE OR REPLACE FUNCTION public.enter_setup_link(p_organization_id text, p_token_hash text)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
AS $function$
BEGIN
  PERFORM pg_catalog.set_config('rolecall.organization_id', p_organization_id, true);
  PERFORM FROM public.setup_links l JOIN public.organizations o ON o.id = l.organization_id
    WHERE l.token_hash = p_token_hash AND l.organization_id = p_organization_id AND l.revoked_at IS NULL
      AND l.expires_at > pg_catalog.now() AND o.status = 'active';
  IF NOT FOUND THEN
    RAISE EXCEPTION 'setup link refused' USING ERRCODE = 'RC401';
  END IF;
  RETURN p_organization_id;
END
$function$;
GRANT EXECUTE ON FUNCTION enter_setup_link(text, text) TO rolecall_server;

-- =====================================================================================================================
-- Sign-in
--
-- Sign-ins under way and what came of them.

-- A sign-in that waits: for the identity provider's answer, or for a second factor (then it knows the person).
CREATE TABLE sign_in_requests (
  organization_id text NOT NULL,
  state_hash text NOT NULL,
  purpose text NOT NULL,
  connection_id text,
  user_id text,
  browser_hash text NOT NULL,
  return_to text NOT NULL,
  secret_sealed text,
  created_at timestamp(3) with time zone NOT NULL,
  expires_at timestamp(3) with time zone NOT NULL,
  used_at timestamp(3) with time zone,
  session_id text,
  CONSTRAINT sign_in_requests_organization_id_state_hash_pk PRIMARY KEY (organization_id, state_hash),
  CONSTRAINT sign_in_requests_organization_id_connection_id_connections_orga FOREIGN KEY (organization_id, connection_id)
    REFERENCES connections(organization_id, id) ON DELETE CASCADE,
  CONSTRAINT sign_in_requests_organization_id_organizations_id_fk FOREIGN KEY (organization_id)
    REFERENCES organizations(id) ON DELETE CASCADE,
  CONSTRAINT sign_in_requests_organization_id_user_id_users_organization_id_ FOREIGN KEY (organization_id, user_id)
    REFERENCES users(organization_id, id) ON DELETE CASCADE
);
CREATE INDEX sign_in_requests_browser ON sign_in_requests USING btree (organization_id, browser_hash) WHERE (session_id IS NOT NULL);
CREATE INDEX sign_in_requests_expiry ON sign_in_requests USING btree (expires_at);
CREATE UNIQUE INDEX sign_in_requests_state ON sign_in_requests USING btree (state_hash);
CREATE INDEX sign_in_requests_user ON sign_in_requests USING btree (organization_id, user_id) WHERE (user_id IS NOT NULL);
ALTER TABLE sign_in_requests ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON sign_in_requests FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON sign_in_requests TO rolecall_server;

-- Messages that count once (assertions, logout requests and tokens), by the hash of issuer and id, until they expire
-- anyway.
CREATE TABLE used_messages (
  organization_id text NOT NULL,
  connection_id text NOT NULL,
  message_hash text NOT NULL,
  expires_at timestamp(3) with time zone NOT NULL,
  CONSTRAINT used_messages_organization_id_connection_id_message_hash_pk PRIMARY KEY (organization_id, connection_id, message_hash),
  CONSTRAINT used_messages_organization_id_connection_id_connections_organiz FOREIGN KEY (organization_id, connection_id)
    REFERENCES connections(organization_id, id) ON DELETE CASCADE
);
CREATE INDEX used_messages_expiry ON used_messages USING btree (expires_at);
ALTER TABLE used_messages ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON used_messages FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON used_messages TO rolecall_server;

-- The trace of an attempt to sign in: what was received, decoded and mapped, and each check with its result. Refusals
-- of whoever has begun nothing here are counted: one row for a connection, a reason and an hour.
CREATE TABLE sign_in_attempts (
  organization_id text NOT NULL,
  id text NOT NULL,
  reference text NOT NULL,
  method text NOT NULL,
  connection_id text,
  user_id text,
  outcome text NOT NULL,
  reason text,
  trace jsonb NOT NULL,
  ip text,
  user_agent text,
  occurred_at timestamp(3) with time zone NOT NULL,
  request_id text NOT NULL,
  count integer,
  bucket text,
  last_at timestamp(3) with time zone,
  CONSTRAINT sign_in_attempts_organization_id_id_pk PRIMARY KEY (organization_id, id),
  CONSTRAINT sign_in_attempts_organization_id_organizations_id_fk FOREIGN KEY (organization_id)
    REFERENCES organizations(id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX sign_in_attempts_bucket ON sign_in_attempts USING btree (organization_id, bucket) WHERE (bucket IS NOT NULL);
CREATE INDEX sign_in_attempts_connection ON sign_in_attempts USING btree (organization_id, connection_id, id);
CREATE INDEX sign_in_attempts_reference ON sign_in_attempts USING btree (organization_id, reference);
CREATE INDEX sign_in_attempts_user ON sign_in_attempts USING btree (organization_id, user_id, id);
ALTER TABLE sign_in_attempts ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON sign_in_attempts FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON sign_in_attempts TO rolecall_server;

-- Links by which people take back an identity that was linked to them: single use, hashed.
CREATE TABLE identity_undos (
  organization_id text NOT NULL,
  user_id text NOT NULL,
  token_hash text NOT NULL,
  connection_id text NOT NULL,
  subject text NOT NULL,
  created_at timestamp(3) with time zone NOT NULL,
  expires_at timestamp(3) with time zone NOT NULL,
  used_at timestamp(3) with time zone,
  CONSTRAINT identity_undos_organization_id_token_hash_pk PRIMARY KEY (organization_id, token_hash),
  CONSTRAINT identity_undos_organization_id_connection_id_connections_organi FOREIGN KEY (organization_id, connection_id)
    REFERENCES connections(organization_id, id) ON DELETE CASCADE,
  CONSTRAINT identity_undos_organization_id_user_id_users_organization_id_id FOREIGN KEY (organization_id, user_id)
    REFERENCES users(organization_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX identity_undos_token ON identity_undos USING btree (token_hash);
CREATE INDEX identity_undos_user ON identity_undos USING btree (organization_id, user_id);
ALTER TABLE identity_undos ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON identity_undos FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON identity_undos TO rolecall_server;

-- Counters of attempts in a window of time, by the hash of what is counted (an address, an account). Reached by
-- functions only.
CREATE TABLE throttles (
  key_hash text NOT NULL,
  count integer NOT NULL,
  window_ends_at timestamp(3) with time zone NOT NULL,
  CONSTRAINT throttles_pkey PRIMARY KEY (key_hash)
);
ALTER TABLE throttles ENABLE ROW LEVEL SECURITY;

-- Whose sign-in this is, by the hash of its state.
CREATE OR REPLACE FUNCTION public.resolve_sign_in_request(p_state_hash text)
 RETURNS TABLE(organization_id text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$ SELECT r.organization_id FROM sign_in_requests r WHERE r.state_hash = p_state_hash $function$;
GRANT EXECUTE ON FUNCTION resolve_sign_in_request(text) TO rolecall_server;

-- Whose link this is, by the hash of its token.
CREATE OR REPLACE FUNCTION public.resolve_identity_undo(p_token_hash text)
 RETURNS TABLE(organization_id text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$ SELECT u.organization_id FROM identity_undos u WHERE u.token_hash = p_token_hash $function$;
GRANT EXECUTE ON FUNCTION resolve_identity_undo(text) TO rolecall_server;

-- Counts an attempt. Answers 0 where it is within the limit, or else the seconds to wait.
CREATE OR REPLACE FUNCTION public.throttle(p_key_hash text, p_limit integer, p_window_seconds integer)
 RETURNS integer
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  WITH counted AS (
    INSERT INTO throttles AS t (key_hash, count, window_ends_at)
      VALUES (p_key_hash, 1, now() + make_interval(secs => p_window_seconds))
      ON CONFLICT (key_hash) DO UPDATE SET
        count = CASE WHEN t.window_ends_at <= excluded.window_ends_at - make_interval(secs => p_window_seconds)
          THEN 1 ELSE t.count + 1 END,
        window_ends_at = CASE WHEN t.window_ends_at <= excluded.window_ends_at - make_interval(secs => p_window_seconds)
          THEN excluded.window_ends_at ELSE t.window_ends_at END
      RETURNING t.count, t.window_ends_at)
  SELECT CASE WHEN count <= p_limit THEN 0 ELSE greatest(1, ceil(extract(epoch FROM window_ends_at - now())))::integer END
    FROM counted $function$;
GRANT EXECUTE ON FUNCTION throttle(text, integer, integer) TO rolecall_server;

-- An attempt that succeeded is taken back; the others stay counted.
CREATE OR REPLACE FUNCTION public.forgive_throttle(p_key_hash text)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  UPDATE throttles t SET count = greatest(t.count - 1, 0) WHERE t.key_hash = p_key_hash $function$;
GRANT EXECUTE ON FUNCTION forgive_throttle(text) TO rolecall_server;

-- Forgets what was counted.
CREATE OR REPLACE FUNCTION public.clear_throttle(p_key_hash text)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  DELETE FROM throttles t WHERE t.key_hash = p_key_hash $function$;
GRANT EXECUTE ON FUNCTION clear_throttle(text) TO rolecall_server;

-- =====================================================================================================================
-- Sessions
--
-- A session is dead as soon as live_sessions lacks it: by ended_at, by either of its times, by the epoch or status of
-- its person, or by the status of the organization. Whatever sets ended_at fires close_session in the same transaction,
-- which ends what was issued under it; the worker sets it for those that have run out. Why it ended is in end_reason.

-- Sessions of browsers. The token has 256 random bits; its SHA-256 is what is kept.
CREATE TABLE sessions (
  organization_id text NOT NULL,
  id text NOT NULL,
  user_id text NOT NULL,
  token_hash text NOT NULL,
  -- The person's epoch when it began; a later epoch ends it, whatever else happens.
  epoch integer NOT NULL,
  method text NOT NULL,
  connection_id text,
  subject text,
  provider_session text,
  id_token_sealed text,
  has_second_factor boolean NOT NULL,
  ip text,
  user_agent text,
  created_at timestamp(3) with time zone NOT NULL,
  authenticated_at timestamp(3) with time zone NOT NULL,
  last_seen_at timestamp(3) with time zone NOT NULL,
  idle_expires_at timestamp(3) with time zone NOT NULL,
  expires_at timestamp(3) with time zone NOT NULL,
  ended_at timestamp(3) with time zone,
  -- signed_out, replaced, revoked, provider_logout, expired, deactivated, password_changed, factor_changed,
  -- identity_removed, connection_disabled, connection_enforced, organization_suspended or restored.
  end_reason text,
  name_id jsonb,
  CONSTRAINT sessions_organization_id_id_pk PRIMARY KEY (organization_id, id),
  CONSTRAINT sessions_organization_id_connection_id_connections_organization FOREIGN KEY (organization_id, connection_id)
    REFERENCES connections(organization_id, id) ON DELETE CASCADE,
  CONSTRAINT sessions_organization_id_user_id_users_organization_id_id_fk FOREIGN KEY (organization_id, user_id)
    REFERENCES users(organization_id, id) ON DELETE CASCADE
);
CREATE INDEX sessions_name_id ON sessions USING btree (organization_id, connection_id, ((name_id ->> 'value'::text))) WHERE ((ended_at IS NULL) AND (name_id IS NOT NULL));
CREATE INDEX sessions_provider ON sessions USING btree (organization_id, connection_id, subject) WHERE ((ended_at IS NULL) AND (connection_id IS NOT NULL));
CREATE INDEX sessions_running_out ON sessions USING btree (LEAST(expires_at, idle_expires_at)) WHERE (ended_at IS NULL);
CREATE UNIQUE INDEX sessions_token ON sessions USING btree (token_hash);
CREATE INDEX sessions_user ON sessions USING btree (organization_id, user_id) WHERE (ended_at IS NULL);
ALTER TABLE sessions ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON sessions FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
CREATE TRIGGER close_session AFTER UPDATE OF ended_at ON sessions
  FOR EACH ROW WHEN (old.ended_at IS NULL AND new.ended_at IS NOT NULL) EXECUTE FUNCTION close_session();
CREATE TRIGGER note_activity AFTER INSERT ON sessions
  FOR EACH ROW EXECUTE FUNCTION note_activity();
CREATE TRIGGER note_activity_later AFTER UPDATE OF last_seen_at ON sessions
  FOR EACH ROW WHEN (date_trunc('hour'::text, old.last_seen_at) <> date_trunc('hour'::text, new.last_seen_at)) EXECUTE FUNCTION note_activity();
CREATE TRIGGER refuse_emergency_account BEFORE INSERT ON sessions
  FOR EACH ROW WHEN (new.method <> 'emergency'::text) EXECUTE FUNCTION refuse_emergency_account();
GRANT SELECT, INSERT, UPDATE, DELETE ON sessions TO rolecall_server;

-- The sessions that open something: not ended, within their times, of a person who is active under the epoch that they
-- began in, in an active organization. The clock is the database's, so that nodes cannot disagree.
CREATE VIEW live_sessions WITH (security_invoker=true) AS
 SELECT s.organization_id,
    s.id,
    s.user_id,
    s.token_hash,
    s.epoch,
    s.method,
    s.connection_id,
    s.subject,
    s.provider_session,
    s.id_token_sealed,
    s.has_second_factor,
    s.ip,
    s.user_agent,
    s.created_at,
    s.authenticated_at,
    s.last_seen_at,
    s.idle_expires_at,
    s.expires_at,
    s.ended_at,
    s.end_reason
   FROM sessions s
     JOIN users u ON u.organization_id = s.organization_id AND u.id = s.user_id
     JOIN organizations o ON o.id = s.organization_id
  WHERE s.ended_at IS NULL AND s.expires_at > now() AND s.idle_expires_at > now() AND u.status = 'active'::text AND u.deleted_at IS NULL AND u.epoch = s.epoch AND o.status = 'active'::text;
GRANT SELECT ON live_sessions TO rolecall_server;

-- Whose session this is, if it is live: one look-up by an indexed hash reads session, person and organization.
CREATE OR REPLACE FUNCTION public.resolve_session(p_token_hash text)
 RETURNS TABLE(organization_id text, session_id text, user_id text, method text, connection_id text, has_second_factor boolean, authenticated_at timestamp with time zone, last_seen_at timestamp with time zone, idle_expires_at timestamp with time zone, expires_at timestamp with time zone)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
AS $function$
BEGIN
  RETURN QUERY SELECT s.organization_id, s.id, s.user_id, s.method, s.connection_id, s.has_second_factor,
      s.authenticated_at::timestamptz, s.last_seen_at::timestamptz, s.idle_expires_at::timestamptz, s.expires_at::timestamptz
    FROM public.live_sessions s WHERE s.token_hash = p_token_hash;
END
$function$;
GRANT EXECUTE ON FUNCTION resolve_session(text) TO rolecall_server;

-- The entry of a transaction of a person in a browser: sets the organization and refuses (RC401) a session that is not
-- live.
CREATE OR REPLACE FUNCTION public.enter_session(p_organization_id text, p_token_hash text)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
AS $function$
BEGIN
  PERFORM pg_catalog.set_config('rolecall.organization_id', p_organization_id, true);
  PERFORM FROM public.live_sessions s WHERE s.token_hash = p_token_hash AND s.organization_id = p_organization_id;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'session refused' USING ERRCODE = 'RC401';
  END IF;
  RETURN p_organization_id;
END
$function$;
GRANT EXECUTE ON FUNCTION enter_session(text, text) TO rolecall_server;

-- However a session ends, what was issued under it dies in the same transaction, and the applications that it was used
-- for are told (OpenID Connect Back-Channel Logout 1.0).
-- Trigger of sessions (close_session).
CREATE OR REPLACE FUNCTION public.close_session()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  DELETE FROM provider_artifacts p WHERE p.session_id = NEW.id;
  INSERT INTO application_logouts (organization_id, id, application_id, user_id, session_id, status, next_attempt_at, created_at)
    SELECT NEW.organization_id, 'lgo_' || replace(gen_random_uuid()::text, '-', ''), x.application_id, NEW.user_id, NEW.id,
      'queued', now(), now()
    FROM application_sessions x JOIN applications a ON a.id = x.application_id
      AND a.organization_id IN (x.organization_id, 'platform')
    WHERE x.organization_id = NEW.organization_id AND x.session_id = NEW.id AND a.backchannel_logout_uri IS NOT NULL;
  RETURN NULL;
END $function$;

-- =====================================================================================================================
-- Local accounts, invitations, mail
--
-- How people prove who they are without an identity provider, and how they are invited.

-- The argon2id hash of a password, in PHC form.
CREATE TABLE passwords (
  organization_id text NOT NULL,
  user_id text NOT NULL,
  hash text NOT NULL,
  must_change boolean DEFAULT false NOT NULL,
  changed_at timestamp(3) with time zone NOT NULL,
  CONSTRAINT passwords_organization_id_user_id_pk PRIMARY KEY (organization_id, user_id),
  CONSTRAINT passwords_organization_id_user_id_users_organization_id_id_fk FOREIGN KEY (organization_id, user_id)
    REFERENCES users(organization_id, id) ON DELETE CASCADE
);
ALTER TABLE passwords ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON passwords FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
CREATE TRIGGER end_account_links AFTER INSERT OR DELETE OR UPDATE OF changed_at ON passwords
  FOR EACH ROW EXECUTE FUNCTION end_account_links();
GRANT SELECT, INSERT, UPDATE, DELETE ON passwords TO rolecall_server;

-- A generator of one-time passwords (RFC 6238); it counts once confirmed.
CREATE TABLE totp_factors (
  organization_id text NOT NULL,
  user_id text NOT NULL,
  secret_sealed text NOT NULL,
  confirmed_at timestamp(3) with time zone,
  last_step integer,
  created_at timestamp(3) with time zone NOT NULL,
  CONSTRAINT totp_factors_organization_id_user_id_pk PRIMARY KEY (organization_id, user_id),
  CONSTRAINT totp_factors_organization_id_user_id_users_organization_id_id_f FOREIGN KEY (organization_id, user_id)
    REFERENCES users(organization_id, id) ON DELETE CASCADE
);
ALTER TABLE totp_factors ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON totp_factors FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
CREATE TRIGGER end_account_links AFTER INSERT OR DELETE OR UPDATE OF confirmed_at ON totp_factors
  FOR EACH ROW EXECUTE FUNCTION end_account_links();
GRANT SELECT, INSERT, UPDATE, DELETE ON totp_factors TO rolecall_server;

-- WebAuthn credentials.
CREATE TABLE passkeys (
  organization_id text NOT NULL,
  user_id text NOT NULL,
  id text NOT NULL,
  credential_id text NOT NULL,
  public_key text NOT NULL,
  counter integer NOT NULL,
  transports jsonb NOT NULL,
  name text NOT NULL,
  is_backed_up boolean NOT NULL,
  created_at timestamp(3) with time zone NOT NULL,
  last_used_at timestamp(3) with time zone,
  CONSTRAINT passkeys_organization_id_id_pk PRIMARY KEY (organization_id, id),
  CONSTRAINT passkeys_organization_id_user_id_users_organization_id_id_fk FOREIGN KEY (organization_id, user_id)
    REFERENCES users(organization_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX passkeys_credential ON passkeys USING btree (credential_id);
CREATE INDEX passkeys_user ON passkeys USING btree (organization_id, user_id);
ALTER TABLE passkeys ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON passkeys FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
CREATE TRIGGER end_account_links AFTER INSERT OR DELETE ON passkeys
  FOR EACH ROW EXECUTE FUNCTION end_account_links();
CREATE TRIGGER refuse_emergency_account BEFORE INSERT OR UPDATE OF user_id ON passkeys
  FOR EACH ROW EXECUTE FUNCTION refuse_emergency_account();
GRANT SELECT, INSERT, UPDATE, DELETE ON passkeys TO rolecall_server;

-- One-time codes for when the second factor is lost, hashed.
CREATE TABLE recovery_codes (
  organization_id text NOT NULL,
  user_id text NOT NULL,
  code_hash text NOT NULL,
  created_at timestamp(3) with time zone NOT NULL,
  used_at timestamp(3) with time zone,
  CONSTRAINT recovery_codes_organization_id_user_id_code_hash_pk PRIMARY KEY (organization_id, user_id, code_hash),
  CONSTRAINT recovery_codes_organization_id_user_id_users_organization_id_id FOREIGN KEY (organization_id, user_id)
    REFERENCES users(organization_id, id) ON DELETE CASCADE
);
ALTER TABLE recovery_codes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON recovery_codes FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON recovery_codes TO rolecall_server;

-- Links sent for a forgotten password: single use, short-lived, the newest one only.
CREATE TABLE password_resets (
  organization_id text NOT NULL,
  user_id text NOT NULL,
  token_hash text NOT NULL,
  created_at timestamp(3) with time zone NOT NULL,
  expires_at timestamp(3) with time zone NOT NULL,
  used_at timestamp(3) with time zone,
  CONSTRAINT password_resets_organization_id_token_hash_pk PRIMARY KEY (organization_id, token_hash),
  CONSTRAINT password_resets_organization_id_user_id_users_organization_id_i FOREIGN KEY (organization_id, user_id)
    REFERENCES users(organization_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX password_resets_token ON password_resets USING btree (token_hash);
CREATE INDEX password_resets_user ON password_resets USING btree (organization_id, user_id);
ALTER TABLE password_resets ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON password_resets FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
CREATE TRIGGER refuse_emergency_account BEFORE INSERT ON password_resets
  FOR EACH ROW EXECUTE FUNCTION refuse_emergency_account();
GRANT SELECT, INSERT, UPDATE, DELETE ON password_resets TO rolecall_server;

-- A new sign-in address that waits until its link is opened; one a person.
CREATE TABLE address_changes (
  organization_id text NOT NULL,
  user_id text NOT NULL,
  token_hash text NOT NULL,
  email text NOT NULL,
  created_at timestamp(3) with time zone NOT NULL,
  expires_at timestamp(3) with time zone NOT NULL,
  used_at timestamp(3) with time zone,
  CONSTRAINT address_changes_organization_id_user_id_pk PRIMARY KEY (organization_id, user_id),
  CONSTRAINT address_changes_organization_id_user_id_users_organization_id_i FOREIGN KEY (organization_id, user_id)
    REFERENCES users(organization_id, id) ON DELETE CASCADE
);
ALTER TABLE address_changes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON address_changes FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON address_changes TO rolecall_server;

-- What a person will hold once they accept. The link's token is hashed; a resend replaces it.
CREATE TABLE invitations (
  organization_id text NOT NULL,
  user_id text NOT NULL,
  id text NOT NULL,
  email text NOT NULL,
  email_key text NOT NULL,
  token_hash text NOT NULL,
  status text NOT NULL,
  note text,
  invited_by text NOT NULL,
  sent_count integer DEFAULT 1 NOT NULL,
  created_at timestamp(3) with time zone NOT NULL,
  expires_at timestamp(3) with time zone NOT NULL,
  accepted_at timestamp(3) with time zone,
  link_shown_at timestamp(3) with time zone,
  CONSTRAINT invitations_organization_id_id_pk PRIMARY KEY (organization_id, id),
  CONSTRAINT invitations_organization_id_user_id_users_organization_id_id_fk FOREIGN KEY (organization_id, user_id)
    REFERENCES users(organization_id, id) ON DELETE CASCADE
);
CREATE INDEX invitations_email ON invitations USING btree (organization_id, email_key);
CREATE UNIQUE INDEX invitations_pending ON invitations USING btree (organization_id, user_id) WHERE (status = 'pending'::text);
CREATE UNIQUE INDEX invitations_token ON invitations USING btree (token_hash);
ALTER TABLE invitations ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON invitations FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
CREATE TRIGGER refuse_emergency_account BEFORE INSERT ON invitations
  FOR EACH ROW EXECUTE FUNCTION refuse_emergency_account();
GRANT SELECT, INSERT, UPDATE, DELETE ON invitations TO rolecall_server;

-- Mails to be sent. Their bodies hold links that let people in, so they are sealed.
CREATE TABLE mails (
  organization_id text NOT NULL,
  id text NOT NULL,
  kind text NOT NULL,
  recipient text NOT NULL,
  subject text NOT NULL,
  body_sealed text NOT NULL,
  status text NOT NULL,
  attempts integer DEFAULT 0 NOT NULL,
  next_attempt_at timestamp(3) with time zone,
  last_error text,
  target_id text,
  created_at timestamp(3) with time zone NOT NULL,
  sent_at timestamp(3) with time zone,
  CONSTRAINT mails_organization_id_id_pk PRIMARY KEY (organization_id, id),
  CONSTRAINT mails_organization_id_organizations_id_fk FOREIGN KEY (organization_id)
    REFERENCES organizations(id) ON DELETE CASCADE
);
CREATE INDEX mails_due ON mails USING btree (next_attempt_at) WHERE (status = 'queued'::text);
CREATE INDEX mails_target ON mails USING btree (organization_id, target_id);
ALTER TABLE mails ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON mails FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON mails TO rolecall_server;

-- The mail server of an organization, where it has one of its own. None, or off: the installation's, by SMTP_URL.
CREATE TABLE mail_servers (
  organization_id text NOT NULL,
  status text NOT NULL,
  host text NOT NULL,
  port integer NOT NULL,
  -- tls from the first byte; starttls, and nothing before it; none, for development on loopback alone.
  security text NOT NULL,
  username text,
  password_sealed text,
  sender_address text NOT NULL,
  sender_name text NOT NULL,
  updated_at timestamp(3) with time zone NOT NULL,
  CONSTRAINT mail_servers_pkey PRIMARY KEY (organization_id),
  CONSTRAINT mail_servers_password CHECK ((username IS NULL) = (password_sealed IS NULL)),
  CONSTRAINT mail_servers_port CHECK (port >= 1 AND port <= 65535),
  CONSTRAINT mail_servers_organization_id_organizations_id_fk FOREIGN KEY (organization_id)
    REFERENCES organizations(id) ON DELETE CASCADE
);
ALTER TABLE mail_servers ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON mail_servers FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON mail_servers TO rolecall_server;

-- The people who could sign in with this folded userName or address and a password: in one organization, or in
-- whichever. The first are those of the organization that has proven the domain, then those whose userName it is, then
-- the oldest. Of one organization two at most, so that no number of accounts there keeps anybody of another out.
CREATE OR REPLACE FUNCTION public.resolve_password_accounts(p_key text, p_organization_id text)
 RETURNS TABLE(organization_id text, user_id text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  WITH named AS (
    SELECT u.organization_id, u.id, u.created_at, u.user_name_key = p_key AS is_user_name,
      EXISTS (SELECT FROM domains d WHERE d.organization_id = u.organization_id AND d.status = 'verified'
        AND d.name = split_part(p_key, '@', 2)) AS is_home,
      row_number() OVER (PARTITION BY u.organization_id ORDER BY
        coalesce(u.email_key = p_key AND u.address_yielded_to IS NULL, false) DESC, u.created_at, u.id) AS place
    FROM passwords p
    JOIN users u ON u.organization_id = p.organization_id AND u.id = p.user_id
    JOIN organizations o ON o.id = p.organization_id
    WHERE o.status = 'active' AND u.deleted_at IS NULL
      AND (p_organization_id IS NULL OR p.organization_id = p_organization_id)
      AND (p.organization_id, p.user_id) IN (
        SELECT n.organization_id, n.id FROM users n WHERE n.user_name_key = p_key AND n.deleted_at IS NULL
        UNION SELECT e.organization_id, e.id FROM users e WHERE e.email_key = p_key AND e.deleted_at IS NULL
          AND e.address_yielded_to IS NULL))
  SELECT n.organization_id, n.id FROM named n WHERE n.place = 1
    ORDER BY n.is_home DESC, n.is_user_name DESC, n.created_at, n.organization_id, n.id LIMIT 10 $function$;
GRANT EXECUTE ON FUNCTION resolve_password_accounts(text, text) TO rolecall_server;

-- Somebody of this name or address who has no password, the likeliest first: for the record of an attempt with one.
CREATE OR REPLACE FUNCTION public.resolve_person_without_password(p_key text, p_organization_id text)
 RETURNS TABLE(organization_id text, user_id text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT u.organization_id, u.id FROM users u JOIN organizations o ON o.id = u.organization_id
  WHERE o.status = 'active' AND u.deleted_at IS NULL
    AND (p_organization_id IS NULL OR u.organization_id = p_organization_id)
    AND (u.organization_id, u.id) IN (
      SELECT n.organization_id, n.id FROM users n WHERE n.user_name_key = p_key AND n.deleted_at IS NULL
      UNION SELECT e.organization_id, e.id FROM users e WHERE e.email_key = p_key AND e.deleted_at IS NULL
        AND e.address_yielded_to IS NULL)
    AND NOT EXISTS (SELECT FROM passwords p WHERE p.organization_id = u.organization_id AND p.user_id = u.id)
  ORDER BY EXISTS (SELECT FROM domains d WHERE d.organization_id = u.organization_id AND d.status = 'verified'
    AND d.name = split_part(p_key, '@', 2)) DESC, u.user_name_key = p_key DESC, u.created_at, u.organization_id, u.id
  LIMIT 1 $function$;
GRANT EXECUTE ON FUNCTION resolve_person_without_password(text, text) TO rolecall_server;

-- Whose passkey this is, by its credential id.
CREATE OR REPLACE FUNCTION public.resolve_passkey(p_credential_id text)
 RETURNS TABLE(organization_id text, user_id text, passkey_id text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$ SELECT k.organization_id, k.user_id, k.id FROM passkeys k JOIN organizations o ON o.id = k.organization_id
        WHERE k.credential_id = p_credential_id AND o.status = 'active' $function$;
GRANT EXECUTE ON FUNCTION resolve_passkey(text) TO rolecall_server;

-- Whose password link this is, by the hash of its token.
CREATE OR REPLACE FUNCTION public.resolve_password_reset(p_token_hash text)
 RETURNS TABLE(organization_id text, user_id text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$ SELECT r.organization_id, r.user_id FROM password_resets r WHERE r.token_hash = p_token_hash $function$;
GRANT EXECUTE ON FUNCTION resolve_password_reset(text) TO rolecall_server;

-- Whose invitation this is, by the hash of its token.
CREATE OR REPLACE FUNCTION public.resolve_invitation(p_token_hash text)
 RETURNS TABLE(organization_id text, invitation_id text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$ SELECT i.organization_id, i.id FROM invitations i WHERE i.token_hash = p_token_hash $function$;
GRANT EXECUTE ON FUNCTION resolve_invitation(text) TO rolecall_server;

-- =====================================================================================================================
-- Emergency accounts
--
-- An emergency account has what was sealed in its envelope and no other way in; whatever would give it one is refused
-- (RC423).

-- Accounts for when the provider does not work: local, with password, second factor and codes that were made at once
-- and sealed in an envelope; each use raises an alarm.
CREATE TABLE emergency_accounts (
  organization_id text NOT NULL,
  user_id text NOT NULL,
  created_at timestamp(3) with time zone NOT NULL,
  last_used_at timestamp(3) with time zone,
  sealed_at timestamp(3) with time zone DEFAULT now() NOT NULL,
  CONSTRAINT emergency_accounts_organization_id_user_id_pk PRIMARY KEY (organization_id, user_id),
  CONSTRAINT emergency_accounts_organization_id_user_id_users_organization_i FOREIGN KEY (organization_id, user_id)
    REFERENCES users(organization_id, id) ON DELETE CASCADE
);
ALTER TABLE emergency_accounts ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON emergency_accounts FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON emergency_accounts TO rolecall_server;

-- Uses of emergency accounts other than drills; each waits for a report that somebody signs.
CREATE TABLE emergency_uses (
  organization_id text NOT NULL,
  user_id text NOT NULL,
  id text NOT NULL,
  reason text NOT NULL,
  ip text,
  started_at timestamp(3) with time zone NOT NULL,
  statement text,
  signed_at timestamp(3) with time zone,
  signed_by text,
  CONSTRAINT emergency_uses_organization_id_id_pk PRIMARY KEY (organization_id, id),
  CONSTRAINT emergency_uses_organization_id_user_id_users_organization_id_id FOREIGN KEY (organization_id, user_id)
    REFERENCES users(organization_id, id) ON DELETE CASCADE
);
CREATE INDEX emergency_uses_user ON emergency_uses USING btree (organization_id, user_id, started_at);
ALTER TABLE emergency_uses ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON emergency_uses FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE ON emergency_uses TO rolecall_server;

-- Emergency accounts that nobody has shown to work for 30 days, unless a mail said so within the last month.
CREATE VIEW emergency_accounts_to_prove WITH (security_invoker=true) AS
 SELECT e.organization_id,
    e.user_id,
    u.user_name,
    u.display_name,
    e.last_used_at
   FROM emergency_accounts e
     JOIN organizations o ON o.id = e.organization_id AND o.status = 'active'::text
     JOIN users u ON u.organization_id = e.organization_id AND u.id = e.user_id AND u.deleted_at IS NULL AND u.status = 'active'::text
  WHERE COALESCE(e.last_used_at, e.created_at) <= (now() - '30 days'::interval) AND NOT (EXISTS ( SELECT
           FROM alarms a
          WHERE a.organization_id = e.organization_id AND a.kind = 'emergency_drill'::text AND a.raised_at > (now() - '1 mon'::interval)));
GRANT SELECT ON emergency_accounts_to_prove TO rolecall_server;

-- Takes from an account that is being sealed whatever else would let somebody in.
CREATE OR REPLACE FUNCTION public.close_other_doors(p_organization_id text, p_user_id text)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  DELETE FROM identities x WHERE x.organization_id = p_organization_id AND x.user_id = p_user_id;
  DELETE FROM passkeys x WHERE x.organization_id = p_organization_id AND x.user_id = p_user_id;
  DELETE FROM user_emails x WHERE x.organization_id = p_organization_id AND x.user_id = p_user_id;
  DELETE FROM email_proofs x WHERE x.organization_id = p_organization_id AND x.user_id = p_user_id;
  DELETE FROM link_requests x WHERE x.organization_id = p_organization_id AND x.user_id = p_user_id;
  DELETE FROM identity_undos x WHERE x.organization_id = p_organization_id AND x.user_id = p_user_id;
  UPDATE users x SET attributes = x.attributes - 'emails', version = version + 1
    WHERE x.organization_id = p_organization_id AND x.id = p_user_id AND x.attributes ? 'emails';
  UPDATE api_keys x SET revoked_at = date_trunc('milliseconds', now())
    WHERE x.organization_id = p_organization_id AND x.user_id = p_user_id AND x.revoked_at IS NULL;
  UPDATE password_resets x SET used_at = date_trunc('milliseconds', now())
    WHERE x.organization_id = p_organization_id AND x.user_id = p_user_id AND x.used_at IS NULL;
  UPDATE sign_in_requests x SET used_at = date_trunc('milliseconds', now())
    WHERE x.organization_id = p_organization_id AND x.user_id = p_user_id AND x.used_at IS NULL;
  UPDATE invitations x SET status = 'withdrawn'
    WHERE x.organization_id = p_organization_id AND x.user_id = p_user_id AND x.status = 'pending';
END $function$;
GRANT EXECUTE ON FUNCTION close_other_doors(text, text) TO PUBLIC;

-- An emergency account is given no other way in than what was sealed (RC423).
-- Trigger of api_keys (refuse_emergency_account), identities (refuse_emergency_account), invitations
-- (refuse_emergency_account), link_requests (refuse_emergency_account), passkeys (refuse_emergency_account),
-- password_resets (refuse_emergency_account), sessions (refuse_emergency_account), team_members
-- (refuse_emergency_account).
CREATE OR REPLACE FUNCTION public.refuse_emergency_account()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  IF EXISTS (SELECT FROM emergency_accounts e WHERE e.organization_id = NEW.organization_id AND e.user_id = NEW.user_id)
  THEN RAISE EXCEPTION 'An emergency account has what was sealed' USING ERRCODE = 'RC423'; END IF;
  RETURN NEW;
END $function$;

-- An emergency account keeps its name, gets no address, and belongs to no directory (RC423).
-- Trigger of users (keep_emergency_account).
CREATE OR REPLACE FUNCTION public.keep_emergency_account()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  IF EXISTS (SELECT FROM emergency_accounts e WHERE e.organization_id = NEW.organization_id AND e.user_id = NEW.id)
  THEN RAISE EXCEPTION 'An emergency account has what was sealed' USING ERRCODE = 'RC423'; END IF;
  RETURN NEW;
END $function$;

-- =====================================================================================================================
-- Host applications (OpenID provider)
--
-- Applications that trust Rolecall, what was issued to them, and who has to be told that a session has ended.

-- Host products that trust Rolecall. Those under the name platform belong to no organization and serve all of them, or
-- some.
CREATE TABLE applications (
  organization_id text NOT NULL,
  id text NOT NULL,
  name text NOT NULL,
  status text DEFAULT 'active'::text NOT NULL,
  -- Sealed rather than hashed: the client may use client_secret_jwt, and logout tokens may be signed with it. Null: a
  -- public one.
  secret_sealed text,
  redirect_uris jsonb NOT NULL,
  post_logout_redirect_uris jsonb NOT NULL,
  backchannel_logout_uri text,
  created_at timestamp(3) with time zone NOT NULL,
  updated_at timestamp(3) with time zone NOT NULL,
  is_pkce_required boolean DEFAULT true NOT NULL,
  id_token_algorithm text DEFAULT 'RS256'::text NOT NULL,
  brands_claim text DEFAULT 'objects'::text NOT NULL,
  -- confidential: keeps its secret on a server; public: has none; machine: signs nobody in and acts for itself.
  kind text DEFAULT 'confidential'::text NOT NULL,
  -- Origins whose pages may call the endpoints for tokens; public applications alone.
  browser_origins jsonb DEFAULT '[]'::jsonb NOT NULL,
  -- What a machine may do, in the form of an API key's: access, permissions, brandIds, addressRanges.
  rights jsonb,
  -- It may sign people in on a device without a browser, by a code that they enter on another one.
  is_device_flow_allowed boolean DEFAULT false NOT NULL,
  -- Its tokens are bound to a key that it proves to have with each request.
  is_dpop_required boolean DEFAULT false NOT NULL,
  -- Public keys by which it proves who it is, in place of its secret.
  jwks jsonb,
  -- Where such keys are published; fetched by the server.
  jwks_uri text,
  -- What it may ask access tokens for: uri, format, lifetimeSeconds.
  resources jsonb DEFAULT '[]'::jsonb NOT NULL,
  -- URIs of what it serves itself: it may look into tokens for these.
  served_resources jsonb DEFAULT '[]'::jsonb NOT NULL,
  -- always: its tokens say organization, roles and brands; by_scope: those that it asks for.
  access_claims text DEFAULT 'always'::text NOT NULL,
  -- Which attribute of a person goes into which claim of its tokens.
  claim_mappings jsonb DEFAULT '[]'::jsonb NOT NULL,
  CONSTRAINT applications_organization_id_id_pk PRIMARY KEY (organization_id, id),
  CONSTRAINT applications_access_claims CHECK (access_claims = ANY (ARRAY['always'::text, 'by_scope'::text])),
  CONSTRAINT applications_keys CHECK ((jwks IS NULL OR jwks_uri IS NULL) AND (kind <> 'public'::text OR jwks IS NULL AND jwks_uri IS NULL) AND (kind <> 'machine'::text OR NOT is_device_flow_allowed)),
  CONSTRAINT applications_kind CHECK ((kind = ANY (ARRAY['confidential'::text, 'public'::text, 'machine'::text])) AND (kind = 'machine'::text) = (rights IS NOT NULL) AND (kind = 'public'::text) = (secret_sealed IS NULL) AND (kind <> 'public'::text OR is_pkce_required))
);
CREATE INDEX applications_browser_origins ON applications USING gin (browser_origins) WHERE (kind = 'public'::text);
CREATE UNIQUE INDEX applications_id ON applications USING btree (id);
ALTER TABLE applications ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON applications FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON applications TO rolecall_server;

-- Which applications a session has been used for: they are told when it ends.
CREATE TABLE application_sessions (
  organization_id text NOT NULL,
  session_id text NOT NULL,
  application_id text NOT NULL,
  created_at timestamp(3) with time zone NOT NULL,
  CONSTRAINT application_sessions_organization_id_session_id_application_id_ PRIMARY KEY (organization_id, session_id, application_id)
);
ALTER TABLE application_sessions ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON application_sessions FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON application_sessions TO rolecall_server;

-- Logout tokens to deliver to applications (OpenID Connect Back-Channel Logout 1.0), written where a session ends.
CREATE TABLE application_logouts (
  organization_id text NOT NULL,
  id text NOT NULL,
  application_id text NOT NULL,
  user_id text NOT NULL,
  session_id text NOT NULL,
  status text NOT NULL,
  attempts integer DEFAULT 0 NOT NULL,
  next_attempt_at timestamp(3) with time zone,
  last_error text,
  created_at timestamp(3) with time zone NOT NULL,
  sent_at timestamp(3) with time zone,
  CONSTRAINT application_logouts_organization_id_id_pk PRIMARY KEY (organization_id, id)
);
CREATE INDEX application_logouts_due ON application_logouts USING btree (next_attempt_at) WHERE (status = 'queued'::text);
ALTER TABLE application_logouts ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON application_logouts FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON application_logouts TO rolecall_server;

-- What the OpenID provider keeps: codes, tokens, grants, interactions, by the SHA-256 of their id. Whose they are is
-- often not known before they are read, so nobody but the owner has a right to the table. The server reads one row by
-- find_provider_artifact; put_, consume_ and drop_ functions write; close_session, end_all_access and sweep_expired
-- delete, too.
CREATE TABLE provider_artifacts (
  model text NOT NULL,
  id_hash text NOT NULL,
  organization_id text,
  user_id text,
  session_id text,
  grant_id text,
  payload jsonb NOT NULL,
  consumed_at timestamp(3) with time zone,
  expires_at timestamp(3) with time zone,
  CONSTRAINT provider_artifacts_model_id_hash_pk PRIMARY KEY (model, id_hash)
);
CREATE INDEX provider_artifacts_expiry ON provider_artifacts USING btree (expires_at);
CREATE INDEX provider_artifacts_grant ON provider_artifacts USING btree (grant_id);
CREATE INDEX provider_artifacts_session ON provider_artifacts USING btree (session_id) WHERE (session_id IS NOT NULL);
CREATE INDEX provider_artifacts_user ON provider_artifacts USING btree (organization_id, user_id);
ALTER TABLE provider_artifacts ENABLE ROW LEVEL SECURITY;

-- The active organization of an application, before it is entered: by its client_id, which is public and says nothing
-- else.
CREATE OR REPLACE FUNCTION public.resolve_application(p_application_id text)
 RETURNS TABLE(organization_id text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT a.organization_id FROM applications a WHERE a.id = p_application_id AND (a.organization_id = 'platform'
    OR EXISTS (SELECT FROM organizations o WHERE o.id = a.organization_id AND o.status = 'active')) $function$;
GRANT EXECUTE ON FUNCTION resolve_application(text) TO rolecall_server;

-- Whose an access token of a machine is, and which key it is bound to, whether it is still good or not.
CREATE OR REPLACE FUNCTION public.resolve_application_token(p_token_hash text)
 RETURNS TABLE(organization_id text, application_id text, thumbprint text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT p.organization_id, p.payload ->> 'clientId', p.payload ->> 'jkt' FROM provider_artifacts p
    WHERE p.model = 'ClientCredentials' AND p.id_hash = p_token_hash $function$;
GRANT EXECUTE ON FUNCTION resolve_application_token(text) TO rolecall_server;

-- The entry of a transaction of a machine; fails (RC401) where the token has run out or is for something else, or the
-- machine or its organization is off.
CREATE OR REPLACE FUNCTION public.enter_application(p_organization_id text, p_token_hash text)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  PERFORM pg_catalog.set_config('rolecall.organization_id', p_organization_id, true);
  PERFORM FROM public.provider_artifacts p
    JOIN public.applications a ON a.organization_id = p.organization_id AND a.id = p.payload ->> 'clientId'
      AND a.kind = 'machine' AND a.status = 'active'
    JOIN public.organizations o ON o.id = a.organization_id AND o.status = 'active'
    WHERE p.model = 'ClientCredentials' AND p.id_hash = p_token_hash AND p.organization_id = p_organization_id
      AND p.expires_at > pg_catalog.now() AND p.payload -> 'aud' IS NULL;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'access token refused' USING ERRCODE = 'RC401';
  END IF;
  RETURN p_organization_id;
END
$function$;
GRANT EXECUTE ON FUNCTION enter_application(text, text) TO rolecall_server;

-- Whether some public application has registered the origin.
CREATE OR REPLACE FUNCTION public.is_browser_origin(p_origin text)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT EXISTS (SELECT FROM applications a WHERE a.kind = 'public' AND a.status = 'active' AND a.browser_origins ? p_origin
    AND (a.organization_id = 'platform'
      OR EXISTS (SELECT FROM organizations o WHERE o.id = a.organization_id AND o.status = 'active'))) $function$;
GRANT EXECUTE ON FUNCTION is_browser_origin(text) TO rolecall_server;

-- Keeps one thing of the OpenID provider. Ids are secrets of 256 bits or more and arrive hashed, so knowing one is the
-- right to it.
CREATE OR REPLACE FUNCTION public.put_provider_artifact(p_model text, p_id_hash text, p_organization_id text, p_user_id text, p_session_id text, p_grant_id text, p_payload text, p_seconds integer)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  INSERT INTO provider_artifacts (model, id_hash, organization_id, user_id, session_id, grant_id, payload, expires_at)
    VALUES (p_model, p_id_hash, p_organization_id, p_user_id, p_session_id, p_grant_id, p_payload::jsonb,
      now() + make_interval(secs => p_seconds))
    ON CONFLICT (model, id_hash) DO UPDATE SET organization_id = excluded.organization_id, user_id = excluded.user_id,
      session_id = excluded.session_id, grant_id = excluded.grant_id, payload = excluded.payload,
      expires_at = excluded.expires_at $function$;
GRANT EXECUTE ON FUNCTION put_provider_artifact(text, text, text, text, text, text, text, integer) TO rolecall_server;

-- What was issued under a session is found only while the session lives: ended, run out, or its person or organization
-- switched off, the very next look-up finds nothing, on whichever node.
CREATE OR REPLACE FUNCTION public.find_provider_artifact(p_model text, p_id_hash text)
 RETURNS TABLE(payload jsonb, consumed_at timestamp with time zone)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT p.payload, p.consumed_at::timestamptz FROM provider_artifacts p
    WHERE p.model = p_model AND p.id_hash = p_id_hash AND (p.expires_at IS NULL OR p.expires_at > now())
      AND (p.session_id IS NULL OR EXISTS (
        SELECT FROM live_sessions s WHERE s.organization_id = p.organization_id AND s.id = p.session_id)) $function$;
GRANT EXECUTE ON FUNCTION find_provider_artifact(text, text) TO rolecall_server;

-- Marks it as used; false where it was used already.
CREATE OR REPLACE FUNCTION public.consume_provider_artifact(p_model text, p_id_hash text)
 RETURNS boolean
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  WITH consumed AS (UPDATE provider_artifacts p SET consumed_at = now()
    WHERE p.model = p_model AND p.id_hash = p_id_hash AND p.consumed_at IS NULL RETURNING 1)
  SELECT EXISTS (SELECT FROM consumed) $function$;
GRANT EXECUTE ON FUNCTION consume_provider_artifact(text, text) TO rolecall_server;

-- Deletes one artifact.
CREATE OR REPLACE FUNCTION public.drop_provider_artifact(p_model text, p_id_hash text)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  DELETE FROM provider_artifacts p WHERE p.model = p_model AND p.id_hash = p_id_hash $function$;
GRANT EXECUTE ON FUNCTION drop_provider_artifact(text, text) TO rolecall_server;

-- Forgets all that was issued under a grant.
CREATE OR REPLACE FUNCTION public.drop_provider_grant(p_grant_id text)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  DELETE FROM provider_artifacts p WHERE p.grant_id = p_grant_id $function$;
GRANT EXECUTE ON FUNCTION drop_provider_grant(text) TO rolecall_server;

-- Forgets what was issued to an application of the transaction's organization.
CREATE OR REPLACE FUNCTION public.drop_provider_artifacts_of_application(p_organization_id text, p_application_id text)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  DELETE FROM provider_artifacts p WHERE p.payload ->> 'clientId' = p_application_id
    AND p_organization_id = current_setting('rolecall.organization_id', true)
    AND (p.organization_id = p_organization_id OR p_organization_id = 'platform' AND EXISTS (
      SELECT FROM applications a WHERE a.id = p_application_id AND a.organization_id = 'platform')) $function$;
GRANT EXECUTE ON FUNCTION drop_provider_artifacts_of_application(text, text) TO rolecall_server;

-- Forgets everything that host applications hold for a person of the transaction's organization: part of the one door
-- out.
CREATE OR REPLACE FUNCTION public.drop_provider_artifacts_of(p_organization_id text, p_user_id text)
 RETURNS TABLE(closed integer)
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  DELETE FROM provider_artifacts p WHERE p.organization_id = p_organization_id AND p.user_id = p_user_id
    AND p_organization_id = current_setting('rolecall.organization_id', true) RETURNING 1 $function$;
GRANT EXECUTE ON FUNCTION drop_provider_artifacts_of(text, text) TO rolecall_server;

-- =====================================================================================================================
-- Audit, its seal, alarms
--
-- The server adds audit rows and changes none. Sealing: a trigger numbers them as they are inserted, and the worker
-- puts those that are committed into segments, each of whose hashes covers the one before.

-- Who changed what, written in the transaction of the change. The server's role may insert and read, nothing else.
CREATE TABLE audit_events (
  organization_id text NOT NULL,
  id text NOT NULL,
  occurred_at timestamp(3) with time zone NOT NULL,
  actor_type text NOT NULL,
  actor_id text NOT NULL,
  action text NOT NULL,
  target_type text NOT NULL,
  target_id text NOT NULL,
  detail jsonb NOT NULL,
  request_id text NOT NULL,
  -- The order in which rows are sealed: that of their insertion. Ids come from the clocks of nodes and could end up
  -- before what is sealed already.
  "position" bigint NOT NULL,
  CONSTRAINT audit_events_organization_id_id_pk PRIMARY KEY (organization_id, id)
);
CREATE INDEX audit_events_action ON audit_events USING btree (organization_id, action, id);
CREATE INDEX audit_events_actor ON audit_events USING btree (organization_id, actor_id, id);
CREATE INDEX audit_events_brand ON audit_events USING gin (jsonb_path_query_array(detail, '$.**."brandId"'::jsonpath)) WITH (fastupdate=off) WHERE jsonb_path_exists(detail, '$.**."brandId"'::jsonpath);
CREATE INDEX audit_events_in_order ON audit_events USING btree ("position");
CREATE UNIQUE INDEX audit_events_position ON audit_events USING btree (organization_id, "position");
CREATE INDEX audit_events_target ON audit_events USING btree (organization_id, target_id, id);
CREATE INDEX audit_events_user ON audit_events USING btree (organization_id, ((detail ->> 'userId'::text)), id) WHERE ((detail ->> 'userId'::text) IS NOT NULL);
-- Reached by place_audit_event and audit_horizon only.
CREATE SEQUENCE audit_positions AS bigint START WITH 1 INCREMENT BY 1 OWNED BY audit_events."position";
ALTER TABLE audit_events ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON audit_events FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
CREATE TRIGGER place_audit_event BEFORE INSERT ON audit_events
  FOR EACH ROW EXECUTE FUNCTION place_audit_event();
CREATE TRIGGER refuse_support_write BEFORE INSERT ON audit_events
  FOR EACH ROW WHEN (current_setting('rolecall.support'::text, true) <> ''::text) EXECUTE FUNCTION refuse_support_write();
GRANT SELECT, INSERT ON audit_events TO rolecall_server;

-- Audit rows under a seal, one segment after the other; each hash covers the one before. The server's role may insert
-- and read, nothing else.
CREATE TABLE audit_segments (
  organization_id text NOT NULL,
  sequence integer NOT NULL,
  after_position bigint NOT NULL,
  last_position bigint NOT NULL,
  event_count integer NOT NULL,
  event_ids text[] NOT NULL,
  event_hashes text NOT NULL,
  previous_hash text NOT NULL,
  hash text NOT NULL,
  sealed_at timestamp(3) with time zone NOT NULL,
  CONSTRAINT audit_segments_organization_id_sequence_pk PRIMARY KEY (organization_id, sequence)
);
ALTER TABLE audit_segments ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON audit_segments FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT ON audit_segments TO rolecall_server;

-- Events that the worker works out of changes. Those of the changes themselves are rows of the audit trail; both have
-- their places in one order. Kept for 30 days.
CREATE TABLE derived_events (
  organization_id text NOT NULL,
  id text NOT NULL,
  occurred_at timestamp(3) with time zone NOT NULL,
  action text NOT NULL,
  detail jsonb NOT NULL,
  "position" bigint NOT NULL,
  CONSTRAINT derived_events_organization_id_id_pk PRIMARY KEY (organization_id, id),
  CONSTRAINT derived_events_organization_id_organizations_id_fk FOREIGN KEY (organization_id)
    REFERENCES organizations(id) ON DELETE CASCADE
);
CREATE INDEX derived_events_in_order ON derived_events USING btree ("position");
CREATE UNIQUE INDEX derived_events_position ON derived_events USING btree (organization_id, "position");
ALTER TABLE derived_events ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON derived_events FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
CREATE TRIGGER place_derived_event BEFORE INSERT ON derived_events
  FOR EACH ROW EXECUTE FUNCTION place_audit_event();
GRANT SELECT, DELETE ON derived_events TO rolecall_server;

-- Up to which position it was worked out whose access has changed.
CREATE TABLE event_progress (
  organization_id text NOT NULL,
  worked_out_to bigint NOT NULL,
  CONSTRAINT event_progress_organization_id_pk PRIMARY KEY (organization_id),
  CONSTRAINT event_progress_organization_id_organizations_id_fk FOREIGN KEY (organization_id)
    REFERENCES organizations(id) ON DELETE CASCADE
);
ALTER TABLE event_progress ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON event_progress FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT ON event_progress TO rolecall_server;

-- Addresses that are told of events in their order, by leases; under the name platform those that are told of those of
-- all organizations. position: up to which they were told.
CREATE TABLE webhooks (
  organization_id text NOT NULL,
  id text NOT NULL,
  url text NOT NULL,
  description text NOT NULL,
  types jsonb,
  reach text NOT NULL,
  organization_ids jsonb NOT NULL,
  status text NOT NULL,
  pause_reason text,
  secret_sealed text NOT NULL,
  public_key text NOT NULL,
  previous_until timestamp(3) with time zone,
  "position" bigint NOT NULL,
  attempts integer NOT NULL,
  failing_since timestamp(3) with time zone,
  failing_event_id text,
  next_attempt_at timestamp(3) with time zone,
  delivered_at timestamp(3) with time zone,
  lease_holder text,
  lease_until timestamp with time zone,
  created_at timestamp(3) with time zone NOT NULL,
  created_by text NOT NULL,
  CONSTRAINT webhooks_organization_id_id_pk PRIMARY KEY (organization_id, id),
  CONSTRAINT webhooks_reach CHECK (reach = ANY (ARRAY['all'::text, 'only'::text, 'except'::text])),
  CONSTRAINT webhooks_status CHECK (status = ANY (ARRAY['active'::text, 'paused'::text]))
);
CREATE INDEX webhooks_leased ON webhooks USING btree (lease_until) WHERE (lease_until IS NOT NULL);
CREATE INDEX webhooks_pending ON webhooks USING btree (next_attempt_at) WHERE (next_attempt_at IS NOT NULL);
ALTER TABLE webhooks ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON webhooks FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON webhooks TO rolecall_server;

-- What was sent to webhooks and what they answered; kept for 30 days.
CREATE TABLE webhook_attempts (
  organization_id text NOT NULL,
  id text NOT NULL,
  webhook_id text NOT NULL,
  kind text NOT NULL,
  event_id text NOT NULL,
  event_type text NOT NULL,
  event_organization_id text NOT NULL,
  subject_id text,
  attempt integer NOT NULL,
  sent_at timestamp(3) with time zone NOT NULL,
  duration_millis integer NOT NULL,
  is_delivered boolean NOT NULL,
  status integer,
  error text,
  request_headers jsonb NOT NULL,
  request_body text NOT NULL,
  answer text,
  next_attempt_at timestamp(3) with time zone,
  CONSTRAINT webhook_attempts_organization_id_id_pk PRIMARY KEY (organization_id, id),
  CONSTRAINT webhook_attempts_kind CHECK (kind = ANY (ARRAY['event'::text, 'replay'::text, 'test'::text])),
  CONSTRAINT webhook_attempts_organization_id_webhook_id_webhooks_organizati FOREIGN KEY (organization_id, webhook_id)
    REFERENCES webhooks(organization_id, id) ON DELETE CASCADE
);
CREATE INDEX webhook_attempts_event ON webhook_attempts USING btree (organization_id, event_id);
CREATE INDEX webhook_attempts_webhook ON webhook_attempts USING btree (organization_id, webhook_id, id);
ALTER TABLE webhook_attempts ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON webhook_attempts FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON webhook_attempts TO rolecall_server;

-- Events that are sent to a webhook once more, from one position to another.
CREATE TABLE webhook_replays (
  organization_id text NOT NULL,
  id text NOT NULL,
  webhook_id text NOT NULL,
  "position" bigint NOT NULL,
  last_position bigint NOT NULL,
  created_at timestamp(3) with time zone NOT NULL,
  created_by text NOT NULL,
  finished_at timestamp(3) with time zone,
  CONSTRAINT webhook_replays_organization_id_id_pk PRIMARY KEY (organization_id, id),
  CONSTRAINT webhook_replays_organization_id_webhook_id_webhooks_organizatio FOREIGN KEY (organization_id, webhook_id)
    REFERENCES webhooks(organization_id, id) ON DELETE CASCADE
);
CREATE INDEX webhook_replays_open ON webhook_replays USING btree (organization_id, webhook_id, id) WHERE (finished_at IS NULL);
ALTER TABLE webhook_replays ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON webhook_replays FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON webhook_replays TO rolecall_server;

-- What administrators have to be told at once; it stays in sight until somebody settles it.
CREATE TABLE alarms (
  organization_id text NOT NULL,
  id text NOT NULL,
  kind text NOT NULL,
  detail jsonb NOT NULL,
  raised_at timestamp(3) with time zone NOT NULL,
  notified_at timestamp(3) with time zone,
  settled_at timestamp(3) with time zone,
  settled_by text,
  CONSTRAINT alarms_organization_id_id_pk PRIMARY KEY (organization_id, id),
  CONSTRAINT alarms_organization_id_organizations_id_fk FOREIGN KEY (organization_id)
    REFERENCES organizations(id) ON DELETE CASCADE
);
CREATE INDEX alarms_to_notify ON alarms USING btree (raised_at) WHERE (notified_at IS NULL);
ALTER TABLE alarms ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON alarms FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE ON alarms TO rolecall_server;

-- Nobody who inserts chooses the place. A transaction gets its number before a position, so that once all transactions
-- below a number are over, no position that was given out by then can turn up any more (audit_horizon).
-- Trigger of audit_events (place_audit_event), derived_events (place_derived_event).
CREATE OR REPLACE FUNCTION public.place_audit_event()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
AS $function$
DECLARE
  v_transaction xid8 := pg_catalog.pg_current_xact_id();
BEGIN
  NEW.position := pg_catalog.nextval('public.audit_positions');
  RETURN NEW;
END $function$;

-- How far it can be sealed: the last position given out, and a transaction number above those of all transactions that
-- have one of these positions.
CREATE OR REPLACE FUNCTION public.audit_horizon()
 RETURNS TABLE(last_position bigint, below xid8)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  SELECT CASE WHEN p.is_called THEN p.last_value ELSE p.last_value - 1 END INTO last_position FROM audit_positions p;
  below := pg_current_xact_id();
  RETURN NEXT;
END
$function$;
GRANT EXECUTE ON FUNCTION audit_horizon() TO rolecall_server;

-- Events of the audit trail that concern one of the brands: it is the target, or the detail names it anywhere.
CREATE OR REPLACE FUNCTION public.events_of_brands(p_brand_ids text[])
 RETURNS TABLE(event_id text)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
AS $function$
DECLARE
  v_organization_id text := current_setting('rolecall.organization_id', true);
BEGIN
  RETURN QUERY SELECT a.id FROM audit_events a
    WHERE a.organization_id = v_organization_id AND a.target_id = ANY (p_brand_ids)
    UNION SELECT a.id FROM audit_events a WHERE a.organization_id = v_organization_id
      AND jsonb_path_exists(a.detail, 'lax $.**.brandId')
      AND jsonb_path_query_array(a.detail, 'lax $.**.brandId') ?| p_brand_ids;
END $function$;
GRANT EXECUTE ON FUNCTION events_of_brands(text[]) TO rolecall_server;

-- Events of the audit trail whose detail names the person.
CREATE OR REPLACE FUNCTION public.events_naming(p_user_id text)
 RETURNS TABLE(event_id text)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
AS $function$
BEGIN
  RETURN QUERY SELECT a.id FROM audit_events a
    WHERE a.organization_id = current_setting('rolecall.organization_id', true) AND a.detail ->> 'userId' = p_user_id;
END $function$;
GRANT EXECUTE ON FUNCTION events_naming(text) TO rolecall_server;

-- The organizations with audit rows that no segment holds yet.
CREATE OR REPLACE FUNCTION public.organizations_to_seal()
 RETURNS TABLE(organization_id text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT o.id FROM (SELECT id FROM organizations UNION ALL SELECT 'platform') o
  WHERE (SELECT a.position FROM audit_events a WHERE a.organization_id = o.id ORDER BY a.position DESC LIMIT 1)
    > coalesce((SELECT s.last_position FROM audit_segments s WHERE s.organization_id = o.id ORDER BY s.sequence DESC LIMIT 1), 0) $function$;
GRANT EXECUTE ON FUNCTION organizations_to_seal() TO rolecall_server;

-- How far events can be read without missing one that is committed late: the settled position, what has to pass for the
-- next one, and which organizations have something new.
CREATE OR REPLACE FUNCTION public.event_tail(p_settled bigint, p_last bigint, p_below text)
 RETURNS TABLE(settled bigint, last bigint, below text, organization_ids text[])
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  v_now bigint;
BEGIN
  SELECT CASE WHEN p.is_called THEN p.last_value ELSE p.last_value - 1 END INTO v_now FROM audit_positions p;
  settled := least(coalesce(p_settled, 0), v_now);
  "last" := p_last;
  below := p_below;
  IF "last" IS NULL AND (v_now > settled OR p_settled IS NULL) THEN
    "last" := v_now;
    below := pg_current_xact_id()::text;
  END IF;
  IF "last" IS NOT NULL AND is_settled_below(below) THEN
    settled := "last";
    "last" := NULL;
    below := NULL;
  END IF;
  organization_ids := '{}';
  IF p_settled IS NOT NULL AND settled > p_settled THEN
    organization_ids := ARRAY(SELECT DISTINCT a.organization_id FROM audit_events a
        WHERE a.position > p_settled AND a.position <= event_tail.settled
      UNION SELECT d.organization_id FROM derived_events d WHERE d.position > p_settled AND d.position <= event_tail.settled);
  END IF;
  RETURN NEXT;
END $function$;
GRANT EXECUTE ON FUNCTION event_tail(bigint, bigint, text) TO rolecall_server;

-- Whether every transaction of this database is over whose number is below this one.
CREATE OR REPLACE FUNCTION public.is_settled_below(p_below text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  v_pids integer[];
  v_prepared xid[];
BEGIN
  IF pg_snapshot_xmin(pg_current_snapshot()) >= p_below::xid8 THEN RETURN true; END IF;
  -- Numbers of locks are of 32 bits, and go round: which one is the earlier is told by the shorter way.
  SELECT array_agg(l.pid) FILTER (WHERE l.pid IS NOT NULL), array_agg(l.transactionid) FILTER (WHERE l.pid IS NULL)
    INTO v_pids, v_prepared FROM pg_locks l
    WHERE l.locktype = 'transactionid' AND l.granted AND l.mode = 'ExclusiveLock'
      AND (l.transactionid::text::bigint - p_below::bigint % 4294967296 + 6442450944) % 4294967296 < 2147483648;
  RETURN NOT EXISTS (SELECT FROM unnest(v_pids) h (pid) WHERE NOT EXISTS (
      SELECT FROM pg_stat_activity s WHERE s.pid = h.pid
        AND s.datid <> (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())))
    AND NOT EXISTS (SELECT FROM unnest(v_prepared) h (xid) WHERE NOT EXISTS (
      SELECT FROM pg_prepared_xacts x WHERE x.transaction = h.xid AND x.database <> current_database()));
END $function$;
GRANT EXECUTE ON FUNCTION is_settled_below(text) TO rolecall_server;

-- Events of the organizations that a caller of the platform reaches, in their order.
CREATE OR REPLACE FUNCTION public.platform_events(p_after bigint, p_upto bigint, p_since timestamp with time zone, p_reach text, p_organization_ids text[], p_actions text[], p_limit integer)
 RETURNS TABLE("position" bigint, organization_id text, id text, occurred_at timestamp with time zone, actor_type text, actor_id text, action text, target_id text, detail jsonb)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET enable_seqscan TO 'off'
AS $function$
BEGIN
  IF current_setting('rolecall.instance', true) IS DISTINCT FROM 'on' THEN RETURN; END IF;
  RETURN QUERY SELECT e.* FROM (
    (SELECT a.position, a.organization_id, a.id, a.occurred_at::timestamptz, a.actor_type, a.actor_id, a.action, a.target_id, a.detail
      FROM audit_events a
      WHERE a.position > p_after AND a.position <= p_upto AND a.occurred_at >= p_since AND a.action = ANY (p_actions)
        AND (p_reach = 'all' OR (a.organization_id = ANY (p_organization_ids)) = (p_reach = 'only')
          AND a.organization_id <> 'platform')
      ORDER BY a.position LIMIT p_limit)
    UNION ALL
    (SELECT d.position, d.organization_id, d.id, d.occurred_at::timestamptz, 'system', 'rolecall', d.action, d.organization_id, d.detail
      FROM derived_events d
      WHERE d.position > p_after AND d.position <= p_upto AND d.occurred_at >= p_since AND d.action = ANY (p_actions)
        AND (p_reach = 'all' OR (d.organization_id = ANY (p_organization_ids)) = (p_reach = 'only'))
      ORDER BY d.position LIMIT p_limit)) e ORDER BY 1 LIMIT p_limit;
END $function$;
GRANT EXECUTE ON FUNCTION platform_events(bigint, bigint, timestamp with time zone, text, text[], text[], integer) TO rolecall_server;

-- The position before the first event whose id is not below this one, for a transaction of the platform.
CREATE OR REPLACE FUNCTION public.first_event_position(p_first_id text)
 RETURNS bigint
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT coalesce(min(x.position) - 1, 0) FROM (SELECT o.id FROM organizations o UNION ALL SELECT 'platform') o
    CROSS JOIN LATERAL (SELECT a.position FROM audit_events a WHERE a.organization_id = o.id AND a.id >= p_first_id
      ORDER BY a.id LIMIT 1) x
    WHERE current_setting('rolecall.instance', true) = 'on' $function$;
GRANT EXECUTE ON FUNCTION first_event_position(text) TO rolecall_server;

-- Whether what follows a position is older than events are kept, for a transaction of the platform.
CREATE OR REPLACE FUNCTION public.is_event_forgotten(p_after bigint, p_since timestamp with time zone)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT coalesce((SELECT a.occurred_at < p_since FROM audit_events a WHERE a.position > p_after ORDER BY a.position LIMIT 1), false)
    AND current_setting('rolecall.instance', true) = 'on' $function$;
GRANT EXECUTE ON FUNCTION is_event_forgotten(bigint, timestamp with time zone) TO rolecall_server;

-- Writes access.changed for those whose access may have changed since the last time, up to a settled position: a
-- superset; without a user, everybody is meant.
CREATE OR REPLACE FUNCTION public.work_out_access(p_upto bigint, p_limit integer, OUT read_events integer, OUT written integer)
 RETURNS record
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET enable_seqscan TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
DECLARE
  v_organization_id text := current_setting('rolecall.organization_id', true);
  v_from bigint;
  v_to bigint;
  v_has_filters boolean;
  v_since timestamptz;
BEGIN
  read_events := 0;
  written := 0;
  PERFORM FROM organizations o WHERE o.id = v_organization_id;
  IF NOT FOUND THEN RETURN; END IF;
  INSERT INTO event_progress (organization_id, worked_out_to) VALUES (v_organization_id, 0) ON CONFLICT DO NOTHING;
  SELECT p.worked_out_to INTO v_from FROM event_progress p WHERE p.organization_id = v_organization_id FOR UPDATE SKIP LOCKED;
  IF NOT FOUND OR v_from >= p_upto THEN RETURN; END IF;
  SELECT count(*), max(e.position), least(min(e.occurred_at), now()) - interval '10 minutes' INTO read_events, v_to, v_since
    FROM (SELECT a.position, a.occurred_at FROM audit_events a
      WHERE a.organization_id = v_organization_id AND a.position > v_from AND a.position <= p_upto
      ORDER BY a.position LIMIT p_limit) e;
  IF read_events < p_limit THEN v_to := p_upto; END IF;
  v_has_filters := EXISTS (SELECT FROM mappings m WHERE m.organization_id = v_organization_id AND m.filter_path IS NOT NULL)
    OR EXISTS (SELECT FROM team_sources s WHERE s.organization_id = v_organization_id AND s.filter_path IS NOT NULL)
    OR EXISTS (SELECT FROM history.mappings m WHERE m.organization_id = v_organization_id AND m.group_id IS NULL AND m.valid_to > v_since)
    OR EXISTS (SELECT FROM history.team_sources s
      WHERE s.organization_id = v_organization_id AND s.group_id IS NULL AND s.valid_to > v_since);
  WITH events AS MATERIALIZED (
    SELECT a.id, a.action, a.target_id, a.detail FROM audit_events a
      WHERE a.organization_id = v_organization_id AND a.position > v_from AND a.position <= v_to),
  -- Groups that changed, with the brands in which they, or one above them, give something or have given it.
  giving AS MATERIALIZED (
    SELECT g.target_id AS group_id, b.brand_id FROM (
        SELECT DISTINCT e.target_id FROM events e
          WHERE e.action IN ('group.members_added', 'group.members_removed', 'group.delete')) g
      CROSS JOIN LATERAL brands_given_since(v_organization_id, g.target_id, v_since) b),
  moved AS (
    SELECT e.id, e.action, e.target_id, e.detail, g.brand_id FROM events e JOIN giving g ON g.group_id = e.target_id
      WHERE e.action IN ('group.members_added', 'group.members_removed', 'group.delete')),
  -- The same of teams, with their people and those of the teams within them.
  team_changes AS (
    SELECT e.id, e.action, e.target_id AS team_id, e.detail FROM events e WHERE starts_with(e.action, 'team.')),
  teams_touched AS MATERIALIZED (
    SELECT t.team_id, p.user_id FROM (
        SELECT DISTINCT c.team_id FROM team_changes c WHERE c.action IN ('team.create', 'team.update', 'team.delete', 'team.fill',
          'team.unfill', 'team.give_role', 'team.update_role', 'team.take_role')) t
      CROSS JOIN LATERAL team_people_since(v_organization_id, t.team_id, v_since) p),
  concerned (user_id, brand_id, because) AS (
    SELECT e.target_id, NULL::text, e.id FROM events e WHERE e.action IN ('user.provision', 'user.activate', 'user.deactivate',
        'user.reactivate', 'user.delete', 'user.restore', 'user.restore_deleted', 'user.erase', 'user.adopt', 'user.claim_groups',
        'user.import', 'emergency.create')
      OR v_has_filters AND e.action IN ('user.update', 'user.change_own_profile', 'user.change_own_address', 'user.accept_address')
    UNION SELECT e.detail ->> 'userId', e.detail ->> 'brandId', e.id FROM events e
      WHERE e.action IN ('assignment.create', 'assignment.update', 'assignment.delete', 'assignment.sponsor_left', 'invitation.create',
        'review_task.open', 'review_task.done', 'review_task.cancel', 'review_task.refuse')
    UNION SELECT i.id, m.brand_id, m.id FROM moved m CROSS JOIN LATERAL jsonb_array_elements_text(m.detail -> 'ids') i (id)
      WHERE m.action <> 'group.delete' AND NOT starts_with(i.id, 'grp_')
    UNION SELECT u.user_id, m.brand_id, m.id FROM moved m CROSS JOIN LATERAL jsonb_array_elements_text(m.detail -> 'ids') i (id)
      CROSS JOIN LATERAL members_since(v_organization_id, i.id, v_since) u
      WHERE m.action <> 'group.delete' AND starts_with(i.id, 'grp_')
    UNION SELECT NULL, m.brand_id, m.id FROM moved m
      WHERE m.action <> 'group.delete' AND (m.detail ->> 'count')::integer > jsonb_array_length(m.detail -> 'ids')
    -- Whoever was in a group that is gone, or in one that was in it.
    UNION SELECT u.user_id, m.brand_id, m.id FROM moved m CROSS JOIN LATERAL members_since(v_organization_id, m.target_id, v_since) u
      WHERE m.action = 'group.delete'
    UNION SELECT u.user_id, e.detail ->> 'brandId', e.id FROM events e
      CROSS JOIN LATERAL members_since(v_organization_id, e.detail ->> 'groupId', v_since) u
      WHERE e.action IN ('mapping.create', 'mapping.delete') AND e.detail ->> 'groupId' IS NOT NULL
    UNION SELECT NULL, e.detail ->> 'brandId', e.id FROM events e
      WHERE e.action IN ('mapping.create', 'mapping.delete') AND e.detail ->> 'groupId' IS NULL
    UNION SELECT x.user_id, x.brand_id, e.id FROM events e
      CROSS JOIN LATERAL holders_since(v_organization_id, e.target_id, v_since) x WHERE e.action = 'role.update'
    -- Roles of a team are given in a brand or in the organization; what else changes counts wherever the team has something.
    UNION SELECT p.user_id, t.detail ->> 'brandId', t.id FROM team_changes t JOIN teams_touched p ON p.team_id = t.team_id
      WHERE t.action IN ('team.give_role', 'team.update_role', 'team.take_role')
    UNION SELECT p.user_id, b.brand_id, t.id FROM team_changes t JOIN teams_touched p ON p.team_id = t.team_id
      CROSS JOIN LATERAL brands_of_team_since(v_organization_id, t.team_id, v_since) b
      WHERE t.action IN ('team.create', 'team.update', 'team.delete', 'team.fill', 'team.unfill')
    UNION SELECT i.id, NULL, t.id FROM team_changes t CROSS JOIN LATERAL jsonb_array_elements_text(t.detail -> 'ids') i (id)
      WHERE t.action IN ('team.members_added', 'team.members_removed', 'team.leave_out', 'team.let_in')
    UNION SELECT NULL, NULL, t.id FROM team_changes t
      WHERE (t.detail ->> 'count')::integer > jsonb_array_length(t.detail -> 'ids')
    -- What holds for everybody.
    UNION SELECT NULL, CASE WHEN e.action = 'brand.delete' THEN e.target_id ELSE e.detail ->> 'brandId' END, e.id FROM events e
      WHERE e.action IN ('policy.create', 'policy.delete', 'separation_rule.create', 'separation_rule.update',
        'separation_rule.delete', 'role.delete', 'brand.delete', 'directory.delete', 'directory.move',
        'directory.confirm_losses', 'directory.restore_losses', 'organization.update', 'organization.suspend',
        'organization.resume', 'emergency.use', 'permission.register', 'permission.withdraw', 'asset_type.delete')
      OR e.action IN ('asset.put', 'asset.put_many', 'asset.delete') AND e.detail ->> 'isReachChanged' = 'true'),
  crowds AS (SELECT c.because, c.brand_id FROM concerned c GROUP BY c.because, c.brand_id HAVING count(*) > 10000),
  told AS (
    SELECT c.user_id, c.brand_id, min(c.because) AS because FROM concerned c
      WHERE NOT EXISTS (SELECT FROM crowds x WHERE x.because = c.because AND x.brand_id IS NOT DISTINCT FROM c.brand_id)
      GROUP BY c.user_id, c.brand_id
    UNION ALL SELECT NULL, x.brand_id, min(x.because) FROM crowds x GROUP BY x.brand_id),
  inserted AS (
    INSERT INTO derived_events (organization_id, id, occurred_at, action, detail)
      SELECT v_organization_id, new_id('evt'), clock_timestamp(), 'access.changed',
        jsonb_build_object('userId', t.user_id, 'brandId', t.brand_id, 'because', t.because)
      FROM told t ORDER BY t.because, t.user_id, t.brand_id RETURNING 1)
  SELECT count(*) INTO written FROM inserted;
  UPDATE event_progress p SET worked_out_to = v_to WHERE p.organization_id = v_organization_id;
END $function$;
GRANT EXECUTE ON FUNCTION work_out_access(bigint, integer) TO rolecall_server;

-- Where the group, or one that it is in, gives something by a mapping or a team, now or at any moment since then; null
-- for the organization.
CREATE OR REPLACE FUNCTION public.brands_given_since(p_organization_id text, p_group_id text, p_since timestamp with time zone)
 RETURNS TABLE(brand_id text)
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
  WITH a AS MATERIALIZED (SELECT g.group_id FROM groups_above_since(p_organization_id, p_group_id, p_since) g)
  SELECT m.brand_id FROM a JOIN mappings m ON m.organization_id = p_organization_id AND m.group_id = a.group_id
  UNION SELECT h.brand_id FROM a JOIN history.mappings h
    ON h.organization_id = p_organization_id AND h.group_id = a.group_id AND h.valid_to > p_since
  UNION SELECT b.brand_id FROM (
      SELECT s.team_id FROM a JOIN team_sources s ON s.organization_id = p_organization_id AND s.group_id = a.group_id
      UNION SELECT h.team_id FROM a JOIN history.team_sources h
        ON h.organization_id = p_organization_id AND h.group_id = a.group_id AND h.valid_to > p_since) s
    CROSS JOIN LATERAL brands_of_team_since(p_organization_id, s.team_id, p_since) b $function$;
-- Called by functions of ours only.

-- Where the team, or the one that it is within, holds something, now or at any moment since then; null for the
-- organization.
CREATE OR REPLACE FUNCTION public.brands_of_team_since(p_organization_id text, p_team_id text, p_since timestamp with time zone)
 RETURNS TABLE(brand_id text)
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
  WITH t (team_id) AS (
    SELECT p_team_id
    UNION SELECT x.parent_id FROM teams x WHERE x.organization_id = p_organization_id AND x.id = p_team_id AND x.parent_id IS NOT NULL
    UNION SELECT h.parent_id FROM history.teams h
      WHERE h.organization_id = p_organization_id AND h.id = p_team_id AND h.valid_to > p_since AND h.parent_id IS NOT NULL)
  SELECT r.brand_id FROM t JOIN team_roles r ON r.organization_id = p_organization_id AND r.team_id = t.team_id
  UNION SELECT h.brand_id FROM t JOIN history.team_roles h
    ON h.organization_id = p_organization_id AND h.team_id = t.team_id AND h.valid_to > p_since
  UNION SELECT NULL FROM t WHERE EXISTS (
      SELECT FROM asset_teams a WHERE a.organization_id = p_organization_id AND a.team_id = t.team_id)
    OR EXISTS (SELECT FROM history.asset_teams h
      WHERE h.organization_id = p_organization_id AND h.team_id = t.team_id AND h.valid_to > p_since) $function$;
-- Called by functions of ours only.

-- The group and those that it is in, now or at any moment since then.
CREATE OR REPLACE FUNCTION public.groups_above_since(p_organization_id text, p_group_id text, p_since timestamp with time zone)
 RETURNS TABLE(group_id text)
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
  WITH RECURSIVE above (group_id) AS (
    SELECT p_group_id
    UNION SELECT x.group_id FROM above CROSS JOIN LATERAL (
      SELECT n.group_id FROM group_nestings n WHERE n.organization_id = p_organization_id AND n.child_group_id = above.group_id
      UNION ALL SELECT h.group_id FROM history.group_nestings h
        WHERE h.organization_id = p_organization_id AND h.child_group_id = above.group_id AND h.valid_to > p_since) x)
  SELECT above.group_id FROM above $function$;
-- Called by functions of ours only.

-- Who holds the role, and where, now or at any moment since then; null for everybody, where a filter gives it.
CREATE OR REPLACE FUNCTION public.holders_since(p_organization_id text, p_role_id text, p_since timestamp with time zone)
 RETURNS TABLE(user_id text, brand_id text)
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
  WITH m (group_id, brand_id) AS MATERIALIZED (
    SELECT x.group_id, x.brand_id FROM mappings x WHERE x.organization_id = p_organization_id AND x.role_id = p_role_id
    UNION SELECT h.group_id, h.brand_id FROM history.mappings h
      WHERE h.organization_id = p_organization_id AND h.role_id = p_role_id AND h.valid_to > p_since),
  r (team_id, brand_id) AS MATERIALIZED (
    SELECT x.team_id, x.brand_id FROM team_roles x WHERE x.organization_id = p_organization_id AND x.role_id = p_role_id
    UNION SELECT h.team_id, h.brand_id FROM history.team_roles h
      WHERE h.organization_id = p_organization_id AND h.role_id = p_role_id AND h.valid_to > p_since)
  SELECT a.user_id, a.brand_id FROM assignments a WHERE a.organization_id = p_organization_id AND a.role_id = p_role_id
  UNION SELECT h.user_id, h.brand_id FROM history.assignments h
    WHERE h.organization_id = p_organization_id AND h.role_id = p_role_id AND h.valid_to > p_since
  UNION SELECT u.user_id, m.brand_id FROM m CROSS JOIN LATERAL members_since(p_organization_id, m.group_id, p_since) u
    WHERE m.group_id IS NOT NULL
  UNION SELECT NULL, m.brand_id FROM m WHERE m.group_id IS NULL
  UNION SELECT p.user_id, r.brand_id FROM r CROSS JOIN LATERAL team_people_since(p_organization_id, r.team_id, p_since) p $function$;
-- Called by functions of ours only.

-- Whoever is in the group, or in one that is in it, now or at any moment since then.
CREATE OR REPLACE FUNCTION public.members_since(p_organization_id text, p_group_id text, p_since timestamp with time zone)
 RETURNS TABLE(user_id text)
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
  WITH RECURSIVE below (group_id) AS (
    SELECT p_group_id
    UNION SELECT x.child_group_id FROM below CROSS JOIN LATERAL (
      SELECT n.child_group_id FROM group_nestings n WHERE n.organization_id = p_organization_id AND n.group_id = below.group_id
      UNION ALL SELECT h.child_group_id FROM history.group_nestings h
        WHERE h.organization_id = p_organization_id AND h.group_id = below.group_id AND h.valid_to > p_since) x)
  SELECT m.user_id FROM below JOIN group_members m ON m.organization_id = p_organization_id AND m.group_id = below.group_id
  UNION SELECT h.user_id FROM below JOIN history.group_members h
    ON h.organization_id = p_organization_id AND h.group_id = below.group_id AND h.valid_to > p_since $function$;
-- Called by functions of ours only.

-- Whoever is in the team, or in one within it, now or at any moment since then; null for everybody, where a filter
-- fills it no more.
CREATE OR REPLACE FUNCTION public.team_people_since(p_organization_id text, p_team_id text, p_since timestamp with time zone)
 RETURNS TABLE(user_id text)
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
  WITH t (team_id) AS MATERIALIZED (
    SELECT p_team_id
    UNION SELECT x.id FROM teams x WHERE x.organization_id = p_organization_id AND x.parent_id = p_team_id
    UNION SELECT h.id FROM history.teams h WHERE h.organization_id = p_organization_id AND h.parent_id = p_team_id AND h.valid_to > p_since),
  s (group_id) AS MATERIALIZED (
    SELECT x.group_id FROM t JOIN team_sources x ON x.organization_id = p_organization_id AND x.team_id = t.team_id
      WHERE x.group_id IS NOT NULL
    UNION SELECT h.group_id FROM t JOIN history.team_sources h
      ON h.organization_id = p_organization_id AND h.team_id = t.team_id AND h.valid_to > p_since)
  SELECT x.leader_id FROM t JOIN teams x ON x.organization_id = p_organization_id AND x.id = t.team_id WHERE x.leader_id IS NOT NULL
  UNION SELECT h.leader_id FROM t JOIN history.teams h
    ON h.organization_id = p_organization_id AND h.id = t.team_id AND h.valid_to > p_since WHERE h.leader_id IS NOT NULL
  UNION SELECT m.user_id FROM t JOIN team_members m ON m.organization_id = p_organization_id AND m.team_id = t.team_id
  UNION SELECT h.user_id FROM t JOIN history.team_members h
    ON h.organization_id = p_organization_id AND h.team_id = t.team_id AND h.valid_to > p_since
  UNION SELECT u.user_id FROM s CROSS JOIN LATERAL members_since(p_organization_id, s.group_id, p_since) u WHERE s.group_id IS NOT NULL
  UNION SELECT NULL FROM s WHERE s.group_id IS NULL
  UNION SELECT p.user_id FROM t JOIN people_of_teams p ON p.organization_id = p_organization_id AND p.team_id = t.team_id
    WHERE p.way = 'filter' $function$;
-- Called by functions of ours only.

-- Organizations in which it is not worked out yet whose access has changed, up to a settled position.
CREATE OR REPLACE FUNCTION public.events_to_work_out(p_upto bigint)
 RETURNS TABLE(organization_id text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT o.id FROM organizations o LEFT JOIN event_progress p ON p.organization_id = o.id
  WHERE EXISTS (SELECT FROM audit_events a WHERE a.organization_id = o.id AND a.position > coalesce(p.worked_out_to, 0)
    AND a.position <= p_upto) $function$;
GRANT EXECUTE ON FUNCTION events_to_work_out(bigint) TO rolecall_server;

-- Webhooks for which there may be something that nobody works on.
CREATE OR REPLACE FUNCTION public.webhooks_to_deliver(p_organization_ids text[], p_settled bigint)
 RETURNS TABLE(organization_id text, id text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET enable_seqscan TO 'off'
AS $function$
  SELECT w.organization_id, w.id FROM webhooks w
  WHERE w.status = 'active' AND (w.lease_until IS NULL OR w.lease_until < now())
    AND (w.next_attempt_at IS NULL OR w.next_attempt_at <= now())
    AND (w.organization_id, w.id) IN (
      SELECT x.organization_id, x.id FROM webhooks x WHERE x.organization_id = ANY (p_organization_ids)
      UNION ALL SELECT x.organization_id, x.id FROM webhooks x
        WHERE x.organization_id = 'platform' AND cardinality(p_organization_ids) > 0
      UNION ALL SELECT x.organization_id, x.id FROM webhooks x WHERE x.next_attempt_at IS NOT NULL AND x.next_attempt_at <= now()
      UNION ALL SELECT x.organization_id, x.id FROM webhooks x WHERE x.lease_until IS NOT NULL AND x.lease_until < now()
      UNION ALL SELECT x.organization_id, x.id FROM webhooks x WHERE p_settled IS NOT NULL AND x.position < p_settled) $function$;
GRANT EXECUTE ON FUNCTION webhooks_to_deliver(text[], bigint) TO rolecall_server;

-- =====================================================================================================================
-- Lifecycles
--
-- What time does in people’s lives, by the rules of an organization: each act has a preview, an off switch, a trace and
-- an undo.

-- What becomes of people who are not here for long: warned, deactivated, erased, after so many days.
CREATE TABLE inactivity_rules (
  organization_id text NOT NULL,
  status text NOT NULL,
  concerns text NOT NULL,
  warn_days integer NOT NULL,
  deactivate_days integer NOT NULL,
  erase_days integer,
  counts_from timestamp(3) with time zone NOT NULL,
  erases_from timestamp(3) with time zone NOT NULL,
  ran_at timestamp(3) with time zone,
  updated_at timestamp(3) with time zone NOT NULL,
  updated_by text NOT NULL,
  CONSTRAINT inactivity_rules_pkey PRIMARY KEY (organization_id),
  CONSTRAINT inactivity_rules_days CHECK (warn_days >= 1 AND deactivate_days > warn_days),
  CONSTRAINT inactivity_rules_organization_id_organizations_id_fk FOREIGN KEY (organization_id)
    REFERENCES organizations(id) ON DELETE CASCADE
);
ALTER TABLE inactivity_rules ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON inactivity_rules FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON inactivity_rules TO rolecall_server;

-- People whom the rule leaves alone: for a reason, until a date.
CREATE TABLE inactivity_exceptions (
  organization_id text NOT NULL,
  user_id text NOT NULL,
  reason text NOT NULL,
  until timestamp(3) with time zone,
  created_at timestamp(3) with time zone NOT NULL,
  created_by text NOT NULL,
  CONSTRAINT inactivity_exceptions_organization_id_user_id_pk PRIMARY KEY (organization_id, user_id),
  CONSTRAINT inactivity_exceptions_organization_id_user_id_users_organizatio FOREIGN KEY (organization_id, user_id)
    REFERENCES users(organization_id, id) ON DELETE CASCADE
);
ALTER TABLE inactivity_exceptions ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON inactivity_exceptions FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON inactivity_exceptions TO rolecall_server;

-- What the rule has told somebody, and done. A warning counts until they are here again, and as long as the rule stays
-- on.
CREATE TABLE inactivity_notices (
  organization_id text NOT NULL,
  user_id text NOT NULL,
  warned_at timestamp(3) with time zone NOT NULL,
  is_mailed boolean NOT NULL,
  deactivates_at timestamp(3) with time zone NOT NULL,
  deactivated_at timestamp(3) with time zone,
  deactivated_in text,
  CONSTRAINT inactivity_notices_organization_id_user_id_pk PRIMARY KEY (organization_id, user_id),
  CONSTRAINT inactivity_notices_organization_id_user_id_users_organization_i FOREIGN KEY (organization_id, user_id)
    REFERENCES users(organization_id, id) ON DELETE CASCADE
);
CREATE INDEX inactivity_notices_run ON inactivity_notices USING btree (organization_id, deactivated_in) WHERE (deactivated_in IS NOT NULL);
ALTER TABLE inactivity_notices ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON inactivity_notices FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON inactivity_notices TO rolecall_server;

-- Runs of the rule that did something.
CREATE TABLE inactivity_runs (
  organization_id text NOT NULL,
  id text NOT NULL,
  ran_at timestamp(3) with time zone NOT NULL,
  warned integer NOT NULL,
  deactivated integer NOT NULL,
  erased integer NOT NULL,
  refused integer NOT NULL,
  CONSTRAINT inactivity_runs_organization_id_id_pk PRIMARY KEY (organization_id, id),
  CONSTRAINT inactivity_runs_organization_id_organizations_id_fk FOREIGN KEY (organization_id)
    REFERENCES organizations(id) ON DELETE CASCADE
);
ALTER TABLE inactivity_runs ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON inactivity_runs FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON inactivity_runs TO rolecall_server;

-- How often people are told what has changed of their access through groups, mappings, teams, roles and filters; what
-- happened between the two moments is being told, or has been.
CREATE TABLE access_digests (
  organization_id text NOT NULL,
  pace text NOT NULL,
  told_from timestamp(3) with time zone NOT NULL,
  told_until timestamp(3) with time zone NOT NULL,
  CONSTRAINT access_digests_pkey PRIMARY KEY (organization_id),
  CONSTRAINT access_digests_organization_id_organizations_id_fk FOREIGN KEY (organization_id)
    REFERENCES organizations(id) ON DELETE CASCADE
);
ALTER TABLE access_digests ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON access_digests FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON access_digests TO rolecall_server;

-- People whom something may concern that happened between those moments, and who were not looked at yet.
CREATE TABLE access_digest_people (
  organization_id text NOT NULL,
  user_id text NOT NULL,
  CONSTRAINT access_digest_people_organization_id_user_id_pk PRIMARY KEY (organization_id, user_id),
  CONSTRAINT access_digest_people_organization_id_user_id_users_organization FOREIGN KEY (organization_id, user_id)
    REFERENCES users(organization_id, id) ON DELETE CASCADE
);
ALTER TABLE access_digest_people ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON access_digest_people FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON access_digest_people TO rolecall_server;

-- What happens at the end of an absence that does not say so itself: the person is proposed for reactivation, or
-- reactivated.
CREATE TABLE absence_rules (
  organization_id text NOT NULL,
  at_return text NOT NULL,
  CONSTRAINT absence_rules_pkey PRIMARY KEY (organization_id),
  CONSTRAINT absence_rules_organization_id_organizations_id_fk FOREIGN KEY (organization_id)
    REFERENCES organizations(id) ON DELETE CASCADE
);
ALTER TABLE absence_rules ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON absence_rules FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON absence_rules TO rolecall_server;

-- Somebody is deactivated for a time, from now or from a day ahead. deactivated_at: the deactivation that it brought
-- about; only that one is lifted at the end.
CREATE TABLE absences (
  organization_id text NOT NULL,
  id text NOT NULL,
  user_id text NOT NULL,
  from_at timestamp(3) with time zone NOT NULL,
  until_at timestamp(3) with time zone NOT NULL,
  reason text NOT NULL,
  at_return text,
  status text NOT NULL,
  deactivated_at timestamp(3) with time zone,
  outcome text,
  ended_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone NOT NULL,
  created_by text NOT NULL,
  CONSTRAINT absences_organization_id_id_pk PRIMARY KEY (organization_id, id),
  CONSTRAINT absences_organization_id_user_id_users_organization_id_id_fk FOREIGN KEY (organization_id, user_id)
    REFERENCES users(organization_id, id) ON DELETE CASCADE
);
CREATE INDEX absences_from ON absences USING btree (from_at) WHERE (status = 'planned'::text);
CREATE UNIQUE INDEX absences_open ON absences USING btree (organization_id, user_id) WHERE (status = ANY (ARRAY['planned'::text, 'under_way'::text]));
CREATE INDEX absences_until ON absences USING btree (until_at) WHERE (status = 'under_way'::text);
CREATE INDEX absences_user ON absences USING btree (organization_id, user_id);
ALTER TABLE absences ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON absences FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON absences TO rolecall_server;

-- Where the rule on inactivity is to run, people are to be told what has changed of their access, or an absence begins
-- or ends.
CREATE OR REPLACE FUNCTION public.organizations_with_lifecycles()
 RETURNS TABLE(organization_id text, kind text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT r.organization_id, 'inactivity' FROM inactivity_rules r JOIN organizations o ON o.id = r.organization_id
    WHERE r.status = 'on' AND o.status = 'active' AND (r.ran_at IS NULL OR r.ran_at < now() - interval '1 day')
  UNION ALL
  SELECT o.id, 'access_digest' FROM organizations o LEFT JOIN access_digests d ON d.organization_id = o.id
    WHERE o.status = 'active' AND coalesce(d.pace, 'daily') <> 'off'
      AND (coalesce(d.told_until, o.created_at) <= now() - interval '5 minutes'
          - CASE d.pace WHEN 'hourly' THEN interval '1 hour' ELSE interval '1 day' END
        OR EXISTS (SELECT FROM access_digest_people p WHERE p.organization_id = o.id))
  UNION ALL
  SELECT DISTINCT a.organization_id, 'absence' FROM (
    SELECT p.organization_id FROM absences p WHERE p.status = 'planned' AND p.from_at <= now()
    UNION ALL SELECT u.organization_id FROM absences u WHERE u.status = 'under_way' AND u.until_at <= now()) a
    JOIN organizations o ON o.id = a.organization_id AND o.status = 'active' $function$;
-- Called by functions of ours only.

-- Whose access may have changed since then by anything but an assignment of their own: a superset of those for whom the
-- two moments differ.
CREATE OR REPLACE FUNCTION public.people_with_changed_access(p_from timestamp with time zone)
 RETURNS TABLE(user_id text)
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
  WITH RECURSIVE o AS (SELECT current_setting('rolecall.organization_id') AS id),
  roles_then AS (
    SELECT p.role_id FROM role_permissions p, o WHERE p.organization_id = o.id AND p.recorded_at > p_from
    UNION SELECT h.role_id FROM history.role_permissions h, o WHERE h.organization_id = o.id AND h.valid_to > p_from),
  -- In all versions that were in force since.
  mappings_then AS (
    SELECT m.group_id, m.filter_path FROM mappings m, o WHERE m.organization_id = o.id
      AND (m.recorded_at > p_from OR m.role_id IN (SELECT role_id FROM roles_then))
    UNION SELECT h.group_id, h.filter_path FROM history.mappings h, o WHERE h.organization_id = o.id AND h.valid_to > p_from),
  sources_then AS (
    SELECT s.group_id, s.filter_path FROM team_sources s, o WHERE s.organization_id = o.id AND s.recorded_at > p_from
    UNION SELECT h.group_id, h.filter_path FROM history.team_sources h, o WHERE h.organization_id = o.id AND h.valid_to > p_from),
  nestings_then AS (
    SELECT n.group_id, n.child_group_id FROM group_nestings n, o WHERE n.organization_id = o.id AND n.recorded_at > p_from
    UNION SELECT h.group_id, h.child_group_id FROM history.group_nestings h, o WHERE h.organization_id = o.id AND h.valid_to > p_from),
  teams_then AS (
    SELECT t.id AS team_id, t.leader_id FROM teams t, o WHERE t.organization_id = o.id AND t.recorded_at > p_from
    UNION SELECT h.id, h.leader_id FROM history.teams h, o WHERE h.organization_id = o.id AND h.valid_to > p_from
    UNION SELECT r.team_id, NULL FROM team_roles r, o WHERE r.organization_id = o.id AND (r.recorded_at > p_from
      OR r.role_id IN (SELECT role_id FROM roles_then) OR (r.expires_at > p_from AND r.expires_at <= now()))
    UNION SELECT h.team_id, NULL FROM history.team_roles h, o WHERE h.organization_id = o.id AND h.valid_to > p_from),
  filters AS (SELECT filter_path FROM mappings_then UNION SELECT filter_path FROM sources_then),
  -- The groups that give something, with those that belong to them, now or since.
  giving (group_id) AS (
    SELECT x.group_id FROM (
      SELECT m.group_id FROM mappings m, o WHERE m.organization_id = o.id
      UNION SELECT s.group_id FROM team_sources s, o WHERE s.organization_id = o.id
      UNION SELECT group_id FROM mappings_then UNION SELECT group_id FROM sources_then) x WHERE x.group_id IS NOT NULL
    UNION SELECT n.child_group_id FROM giving g JOIN (
      SELECT y.group_id, y.child_group_id FROM group_nestings y, o WHERE y.organization_id = o.id
      UNION SELECT group_id, child_group_id FROM nestings_then) n ON n.group_id = g.group_id),
  changed (group_id) AS (
    SELECT x.group_id FROM (
      SELECT group_id FROM mappings_then UNION SELECT group_id FROM sources_then
      UNION SELECT child_group_id FROM nestings_then WHERE child_group_id IN (SELECT group_id FROM giving)) x
      WHERE x.group_id IS NOT NULL
    UNION SELECT n.child_group_id FROM changed c JOIN (
      SELECT y.group_id, y.child_group_id FROM group_nestings y, o WHERE y.organization_id = o.id
      UNION SELECT group_id, child_group_id FROM nestings_then) n ON n.group_id = c.group_id)
  SELECT m.user_id FROM o JOIN group_members m ON m.organization_id = o.id WHERE m.group_id IN (SELECT group_id FROM changed)
  UNION SELECT m.user_id FROM o JOIN group_members m ON m.organization_id = o.id
    WHERE m.recorded_at > p_from AND m.group_id IN (SELECT group_id FROM giving)
  UNION SELECT h.user_id FROM o JOIN history.group_members h ON h.organization_id = o.id
    WHERE h.valid_to > p_from AND h.group_id IN (SELECT group_id FROM giving)
  UNION SELECT m.user_id FROM o JOIN team_members m ON m.organization_id = o.id WHERE m.recorded_at > p_from
  UNION SELECT h.user_id FROM o JOIN history.team_members h ON h.organization_id = o.id WHERE h.valid_to > p_from
  UNION SELECT p.user_id FROM o JOIN people_of_teams p ON p.organization_id = o.id
    WHERE p.team_id IN (SELECT team_id FROM teams_then) OR p.parent_id IN (SELECT team_id FROM teams_then)
  UNION SELECT t.leader_id FROM teams_then t WHERE t.leader_id IS NOT NULL
  UNION SELECT a.user_id FROM o JOIN assignments a ON a.organization_id = o.id
    WHERE a.role_id IN (SELECT role_id FROM roles_then)
  UNION SELECT t.user_id FROM o JOIN review_tasks t ON t.organization_id = o.id WHERE t.recorded_at > p_from
  UNION SELECT h.user_id FROM o JOIN history.review_tasks h ON h.organization_id = o.id WHERE h.valid_to > p_from
  UNION SELECT u.id FROM filters f, o JOIN users u ON u.organization_id = o.id
    WHERE f.filter_path IS NOT NULL AND jsonb_path_match(user_document(u.attributes, u.user_name, u.external_id, u.display_name, u.status), f.filter_path::jsonpath, '{}', true)
  UNION SELECT u.id FROM o JOIN users u ON u.organization_id = o.id WHERE u.recorded_at > p_from
    AND (EXISTS (SELECT FROM mappings m WHERE m.organization_id = o.id AND m.filter_path IS NOT NULL)
      OR EXISTS (SELECT FROM team_sources s WHERE s.organization_id = o.id AND s.filter_path IS NOT NULL)) $function$;
GRANT EXECUTE ON FUNCTION people_with_changed_access(timestamp with time zone) TO PUBLIC;
GRANT EXECUTE ON FUNCTION people_with_changed_access(timestamp with time zone) TO rolecall_server;

-- =====================================================================================================================
-- Background work
--
-- What the worker looks for, and changes of many people that it goes on with.

-- Changes of many people: begun by a request, continued by the worker.
CREATE TABLE user_changes (
  organization_id text NOT NULL,
  id text NOT NULL,
  action jsonb NOT NULL,
  actor_type text NOT NULL,
  actor_id text NOT NULL,
  started_at timestamp(3) with time zone NOT NULL,
  finished_at timestamp(3) with time zone,
  CONSTRAINT user_changes_organization_id_id_pk PRIMARY KEY (organization_id, id),
  CONSTRAINT user_changes_organization_id_organizations_id_fk FOREIGN KEY (organization_id)
    REFERENCES organizations(id) ON DELETE CASCADE
);
CREATE INDEX user_changes_open ON user_changes USING btree (organization_id) WHERE (finished_at IS NULL);
ALTER TABLE user_changes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON user_changes FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
CREATE TRIGGER prove_person AFTER INSERT ON user_changes
  FOR EACH ROW WHEN (current_setting('rolecall.proof'::text, true) = 'stale'::text) EXECUTE FUNCTION prove_person();
GRANT SELECT, INSERT, UPDATE, DELETE ON user_changes TO rolecall_server;

-- What is to be done when somebody joins or leaves.
CREATE TABLE checklist_templates (
  organization_id text NOT NULL,
  id text NOT NULL,
  name text NOT NULL,
  kind text NOT NULL,
  brand_id text,
  tasks jsonb NOT NULL,
  status text NOT NULL,
  counts_from timestamp(3) with time zone NOT NULL,
  created_at timestamp(3) with time zone NOT NULL,
  created_by text NOT NULL,
  CONSTRAINT checklist_templates_organization_id_id_pk PRIMARY KEY (organization_id, id),
  CONSTRAINT checklist_templates_organization_id_brand_id_brands_organizatio FOREIGN KEY (organization_id, brand_id)
    REFERENCES brands(organization_id, id) ON DELETE CASCADE,
  CONSTRAINT checklist_templates_organization_id_organizations_id_fk FOREIGN KEY (organization_id)
    REFERENCES organizations(id) ON DELETE CASCADE
);
ALTER TABLE checklist_templates ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON checklist_templates FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON checklist_templates TO rolecall_server;

-- Such a list under way for one person.
CREATE TABLE checklists (
  organization_id text NOT NULL,
  id text NOT NULL,
  template_id text NOT NULL,
  user_id text NOT NULL,
  occasion timestamp(3) with time zone NOT NULL,
  status text NOT NULL,
  created_at timestamp(3) with time zone NOT NULL,
  created_by text NOT NULL,
  ended_at timestamp(3) with time zone,
  CONSTRAINT checklists_organization_id_id_pk PRIMARY KEY (organization_id, id),
  CONSTRAINT checklists_organization_id_template_id_checklist_templates_orga FOREIGN KEY (organization_id, template_id)
    REFERENCES checklist_templates(organization_id, id) ON DELETE CASCADE,
  CONSTRAINT checklists_organization_id_user_id_users_organization_id_id_fk FOREIGN KEY (organization_id, user_id)
    REFERENCES users(organization_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX checklists_occasion ON checklists USING btree (organization_id, template_id, user_id, occasion);
CREATE INDEX checklists_user ON checklists USING btree (organization_id, user_id);
ALTER TABLE checklists ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON checklists FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON checklists TO rolecall_server;

-- Its tasks: whose, until when, and what came of them.
CREATE TABLE checklist_tasks (
  organization_id text NOT NULL,
  checklist_id text NOT NULL,
  "position" integer NOT NULL,
  title text NOT NULL,
  note text,
  owner_id text,
  due_at timestamp(3) with time zone NOT NULL,
  outcome text,
  comment text,
  settled_at timestamp(3) with time zone,
  settled_by text,
  reminded_at timestamp(3) with time zone,
  CONSTRAINT checklist_tasks_organization_id_checklist_id_position_pk PRIMARY KEY (organization_id, checklist_id, "position"),
  CONSTRAINT checklist_tasks_organization_id_checklist_id_checklists_organiz FOREIGN KEY (organization_id, checklist_id)
    REFERENCES checklists(organization_id, id) ON DELETE CASCADE
);
CREATE INDEX checklist_tasks_owner ON checklist_tasks USING btree (organization_id, owner_id) WHERE (settled_at IS NULL);
ALTER TABLE checklist_tasks ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON checklist_tasks FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON checklist_tasks TO rolecall_server;

-- Who joined, or left and is not to come back, while a list for that was on, and has none yet.
CREATE VIEW checklists_to_begin WITH (security_invoker=true) AS
 SELECT t.organization_id,
    t.id AS template_id,
    u.id AS user_id,
        CASE t.kind
            WHEN 'joining'::text THEN u.created_at
            ELSE u.status_changed_at
        END AS occasion
   FROM checklist_templates t
     JOIN users u ON u.organization_id = t.organization_id
  WHERE t.status = 'on'::text AND NOT (EXISTS ( SELECT
           FROM emergency_accounts e
          WHERE e.organization_id = u.organization_id AND e.user_id = u.id)) AND
        CASE t.kind
            WHEN 'joining'::text THEN u.status = 'active'::text AND u.deleted_at IS NULL AND u.created_at >= t.counts_from
            ELSE u.status = 'inactive'::text AND u.status_changed_at >= t.counts_from AND (u.returns_at IS NULL OR u.deleted_at IS NOT NULL)
        END AND (t.brand_id IS NULL OR (EXISTS ( SELECT
           FROM effective_assignments e
          WHERE e.organization_id = u.organization_id AND e.user_id = u.id AND e.brand_id = t.brand_id))) AND NOT (EXISTS ( SELECT
           FROM checklists c
          WHERE c.organization_id = t.organization_id AND c.template_id = t.id AND c.user_id = u.id AND (t.kind = 'joining'::text OR c.occasion = u.status_changed_at)));
GRANT SELECT ON checklists_to_begin TO rolecall_server;

-- Which report is made how often, and who is told.
CREATE TABLE report_schedules (
  organization_id text NOT NULL,
  id text NOT NULL,
  kind text NOT NULL,
  every text NOT NULL,
  unused_days integer DEFAULT 90 NOT NULL,
  recipients jsonb NOT NULL,
  sent text NOT NULL,
  status text NOT NULL,
  next_at timestamp(3) with time zone NOT NULL,
  created_at timestamp(3) with time zone NOT NULL,
  created_by text NOT NULL,
  CONSTRAINT report_schedules_organization_id_id_pk PRIMARY KEY (organization_id, id),
  CONSTRAINT report_schedules_organization_id_organizations_id_fk FOREIGN KEY (organization_id)
    REFERENCES organizations(id) ON DELETE CASCADE
);
CREATE INDEX report_schedules_due ON report_schedules USING btree (next_at);
ALTER TABLE report_schedules ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON report_schedules FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON report_schedules TO rolecall_server;

-- What a run of a report found, in numbers and findings.
CREATE TABLE report_runs (
  organization_id text NOT NULL,
  id text NOT NULL,
  schedule_id text NOT NULL,
  kind text NOT NULL,
  made_at timestamp(3) with time zone NOT NULL,
  facts jsonb NOT NULL,
  findings jsonb NOT NULL,
  told integer NOT NULL,
  CONSTRAINT report_runs_organization_id_id_pk PRIMARY KEY (organization_id, id),
  CONSTRAINT report_runs_organization_id_schedule_id_report_schedules_organi FOREIGN KEY (organization_id, schedule_id)
    REFERENCES report_schedules(organization_id, id) ON DELETE CASCADE
);
CREATE INDEX report_runs_schedule ON report_runs USING btree (organization_id, schedule_id, id);
ALTER TABLE report_runs ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON report_runs FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON report_runs TO rolecall_server;

-- Address ranges that the organization has named, by which sign-ins are told apart.
CREATE TABLE address_places (
  organization_id text NOT NULL,
  range inet NOT NULL,
  place text NOT NULL,
  CONSTRAINT address_places_organization_id_range_pk PRIMARY KEY (organization_id, range),
  CONSTRAINT address_places_organization_id_organizations_id_fk FOREIGN KEY (organization_id)
    REFERENCES organizations(id) ON DELETE CASCADE
);
ALTER TABLE address_places ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON address_places FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON address_places TO rolecall_server;

-- The people of such a change, each with what became of it.
CREATE TABLE user_change_people (
  organization_id text NOT NULL,
  change_id text NOT NULL,
  "position" integer NOT NULL,
  user_id text NOT NULL,
  claimed_at timestamp(3) with time zone,
  outcome text,
  reason text,
  message text,
  CONSTRAINT user_change_people_organization_id_change_id_position_pk PRIMARY KEY (organization_id, change_id, "position"),
  CONSTRAINT user_change_people_organization_id_change_id_user_changes_organ FOREIGN KEY (organization_id, change_id)
    REFERENCES user_changes(organization_id, id) ON DELETE CASCADE
);
CREATE INDEX user_change_people_user ON user_change_people USING btree (organization_id, user_id);
ALTER TABLE user_change_people ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON user_change_people FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON user_change_people TO rolecall_server;

-- Work of an organization is done by whoever has its lease: one run for each kind at a time, on whichever node.
-- free_at: until when nobody else may take it. Closed to the server's role but for the functions.
CREATE TABLE work_leases (
  organization_id text NOT NULL,
  kind text NOT NULL,
  holder text,
  free_at timestamp(3) with time zone NOT NULL,
  taken_at timestamp with time zone NOT NULL,
  failures integer DEFAULT 0 NOT NULL,
  CONSTRAINT work_leases_organization_id_kind_pk PRIMARY KEY (organization_id, kind),
  CONSTRAINT work_leases_organization_id_organizations_id_fk FOREIGN KEY (organization_id)
    REFERENCES organizations(id) ON DELETE CASCADE
);
ALTER TABLE work_leases ENABLE ROW LEVEL SECURITY;

-- Assignments about whose end somebody is to be reminded: 14 and 3 days before; one that was given for a shorter time
-- has none so early.
CREATE VIEW assignments_to_remind WITH (security_invoker=true) AS
 SELECT a.organization_id,
    a.id AS assignment_id,
    d.days
   FROM assignments a
     JOIN users u ON u.organization_id = a.organization_id AND u.id = a.user_id AND u.status = 'active'::text AND u.deleted_at IS NULL
     JOIN organizations o ON o.id = a.organization_id AND o.status = 'active'::text
     CROSS JOIN LATERAL ( SELECT min(v.days) AS days
           FROM ( VALUES (14), (3)) v(days)
          WHERE a.expires_at <= (now() + make_interval(days => v.days)) AND (a.expires_at - GREATEST(a.created_at, a.valid_from)) > make_interval(days => v.days)) d
  WHERE a.expires_at > now() AND a.expires_at <= (now() + '14 days'::interval) AND d.days < COALESCE(a.reminded_days, 15);
GRANT SELECT ON assignments_to_remind TO rolecall_server;

-- Assignments that somebody vouches for who has gone: everybody whom the text can mean is inactive.
CREATE VIEW assignments_without_sponsor WITH (security_invoker=true) AS
 SELECT a.organization_id,
    a.id AS assignment_id
   FROM assignments a
     JOIN organizations o ON o.id = a.organization_id AND o.status = 'active'::text
     JOIN users h ON h.organization_id = a.organization_id AND h.id = a.user_id AND h.status <> 'inactive'::text AND h.deleted_at IS NULL
     CROSS JOIN LATERAL ( SELECT bool_and(m.status = 'inactive'::text OR m.deleted_at IS NOT NULL) AS is_gone
           FROM ( SELECT u.status,
                    u.deleted_at
                   FROM users u
                  WHERE u.organization_id = a.organization_id AND u.id = a.sponsor
                UNION ALL
                 SELECT u.status,
                    u.deleted_at
                   FROM users u
                  WHERE u.organization_id = a.organization_id AND u.user_name_key = fold(btrim(a.sponsor))
                UNION ALL
                 SELECT u.status,
                    u.deleted_at
                   FROM user_emails e
                     JOIN users u ON u.organization_id = e.organization_id AND u.id = e.user_id
                  WHERE e.organization_id = a.organization_id AND e.value_key = fold(btrim(a.sponsor))) m) s
  WHERE a.sponsor IS NOT NULL AND a.sponsor_left_at IS NULL AND (a.expires_at IS NULL OR a.expires_at > now()) AND s.is_gone;
GRANT SELECT ON assignments_without_sponsor TO rolecall_server;

-- Local people whose assignments have all ended, longer ago than the organization waits, and who hold nothing else.
-- Somebody who was switched on again since then is given as much time once more.
CREATE VIEW people_past_their_end WITH (security_invoker=true) AS
 SELECT u.organization_id,
    u.id AS user_id
   FROM organizations o
     JOIN users u ON u.organization_id = o.id
     CROSS JOIN LATERAL ( SELECT now() - make_interval(days => o.end_date_grace_days) AS passed) t
  WHERE o.status = 'active'::text AND o.end_date_grace_days IS NOT NULL AND u.directory_id IS NULL AND u.deleted_at IS NULL AND (u.status = ANY (ARRAY['active'::text, 'invited'::text])) AND u.status_changed_at <= t.passed AND (EXISTS ( SELECT
           FROM assignments a
          WHERE a.organization_id = u.organization_id AND a.user_id = u.id)) AND NOT (EXISTS ( SELECT
           FROM assignments a
          WHERE a.organization_id = u.organization_id AND a.user_id = u.id AND (a.expires_at IS NULL OR a.expires_at > t.passed))) AND NOT (EXISTS ( SELECT
           FROM effective_assignments e
          WHERE e.organization_id = u.organization_id AND e.user_id = u.id)) AND NOT (EXISTS ( SELECT
           FROM emergency_accounts e
          WHERE e.organization_id = u.organization_id AND e.user_id = u.id)) AND NOT (EXISTS ( SELECT
           FROM alarms l
          WHERE l.organization_id = u.organization_id AND l.kind = 'end_date_refused'::text AND l.settled_at IS NULL AND (l.detail ->> 'userId'::text) = u.id));
GRANT SELECT ON people_past_their_end TO rolecall_server;

-- Trusted certificates and client secrets of connections that end within 30 days and of which no alarm was raised yet.
CREATE VIEW certificates_ending WITH (security_invoker=true) AS
 SELECT c.organization_id,
    c.id AS connection_id,
    c.name,
    x.value ->> 'sha256'::text AS sha256,
    x.value ->> 'notAfter'::text AS not_after,
    'certificate_ending'::text AS kind
   FROM connections c
     JOIN organizations o ON o.id = c.organization_id AND o.status = 'active'::text
     CROSS JOIN LATERAL jsonb_array_elements(c.settings -> 'certificates'::text) x(value)
  WHERE c.type = 'saml'::text AND c.status <> 'disabled'::text AND (x.value ->> 'status'::text) = 'trusted'::text AND ((x.value ->> 'notAfter'::text)::timestamp with time zone) <= (now() + '30 days'::interval) AND NOT (EXISTS ( SELECT
           FROM alarms a
          WHERE a.organization_id = c.organization_id AND a.kind = 'certificate_ending'::text AND (a.detail ->> 'connectionId'::text) = c.id AND (a.detail ->> 'sha256'::text) = (x.value ->> 'sha256'::text)))
UNION ALL
 SELECT c.organization_id,
    c.id AS connection_id,
    c.name,
    NULL::text AS sha256,
    c.settings ->> 'secretExpiresAt'::text AS not_after,
    'client_secret_ending'::text AS kind
   FROM connections c
     JOIN organizations o ON o.id = c.organization_id AND o.status = 'active'::text
  WHERE c.type = 'oidc'::text AND c.status <> 'disabled'::text AND ((c.settings ->> 'secretExpiresAt'::text)::timestamp with time zone) <= (now() + '30 days'::interval) AND NOT (EXISTS ( SELECT
           FROM alarms a
          WHERE a.organization_id = c.organization_id AND a.kind = 'client_secret_ending'::text AND (a.detail ->> 'connectionId'::text) = c.id AND (a.detail ->> 'notAfter'::text) = (c.settings ->> 'secretExpiresAt'::text)));
GRANT SELECT ON certificates_ending TO rolecall_server;

-- Which organizations have something for the worker to do: asked every second. It then enters them one by one.
CREATE OR REPLACE FUNCTION public.organizations_with_work()
 RETURNS TABLE(organization_id text, kind text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT DISTINCT m.organization_id, 'mail' FROM mails m WHERE m.status = 'queued' AND m.next_attempt_at <= now()
  UNION ALL
  SELECT DISTINCT l.organization_id, 'logout' FROM application_logouts l WHERE l.status = 'queued' AND l.next_attempt_at <= now()
  UNION ALL
  SELECT DISTINCT s.organization_id, 'sessions' FROM sessions s
    WHERE s.ended_at IS NULL AND least(s.expires_at, s.idle_expires_at) <= now()
  UNION ALL
  SELECT DISTINCT a.organization_id, 'alarm' FROM alarms a WHERE a.notified_at IS NULL
  UNION ALL
  SELECT DISTINCT c.organization_id, 'user_change' FROM user_changes c WHERE c.finished_at IS NULL
  UNION ALL
  SELECT DISTINCT d.organization_id, 'draft' FROM change_drafts d WHERE d.apply_at <= now()
  UNION ALL
  SELECT DISTINCT d.organization_id, 'domain' FROM domains d
    WHERE d.verified_by IS DISTINCT FROM 'operator' AND (d.checked_at IS NULL OR d.checked_at <= now() - CASE
      WHEN d.status = 'pending' THEN interval '5 minutes' ELSE interval '12 hours' END)
  UNION ALL
  SELECT DISTINCT c.organization_id, 'metadata' FROM connections c
    WHERE c.type = 'saml' AND c.status <> 'disabled' AND c.settings ->> 'metadataUrl' IS NOT NULL
      AND (c.refreshed_at IS NULL OR c.refreshed_at <= now() - interval '6 hours') $function$;
GRANT EXECUTE ON FUNCTION organizations_with_work() TO rolecall_server;

-- What the metrics say of the installation: what waits, what fails, who is silent; ids and counts alone.
CREATE OR REPLACE FUNCTION public.installation_figures()
 RETURNS TABLE(name text, labels jsonb, value double precision)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT 'mails_queued', '{}'::jsonb, count(*)::double precision FROM mails m WHERE m.status = 'queued'
  UNION ALL
  SELECT 'mails_oldest_seconds', '{}', coalesce(greatest(extract(epoch FROM now() - min(m.next_attempt_at)), 0), 0)
    FROM mails m WHERE m.status = 'queued'
  UNION ALL
  SELECT 'logouts_queued', '{}', count(*) FROM application_logouts l WHERE l.status = 'queued'
  UNION ALL
  SELECT 'alarms_unsent', '{}', count(*) FROM alarms a WHERE a.notified_at IS NULL
  UNION ALL
  SELECT 'jobs_failing', jsonb_build_object('kind', w.kind), count(*) FROM work_leases w WHERE w.failures > 0 GROUP BY w.kind
  UNION ALL
  SELECT 'mass_changes_open', '{}', count(*) FROM mass_changes c WHERE c.status = 'open'
  UNION ALL
  SELECT 'directory_silent_seconds', jsonb_build_object('directory', t.directory_id),
      greatest(extract(epoch FROM now() - max(t.last_used_at)), 0)
    FROM directory_tokens t JOIN directories d ON d.organization_id = t.organization_id AND d.id = t.directory_id AND d.status = 'active'
    WHERE t.last_used_at IS NOT NULL GROUP BY t.directory_id $function$;
GRANT EXECUTE ON FUNCTION installation_figures() TO rolecall_server;

-- What stands in the way over all organizations, for rolecall doctor; ids and counts alone.
CREATE OR REPLACE FUNCTION public.installation_health()
 RETURNS TABLE(fault text, organization text, subject text, at timestamp with time zone, count bigint)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT 'certificate_ending', o.slug, c.id, max((x.value ->> 'notAfter')::timestamptz), 1::bigint
    FROM connections c JOIN organizations o ON o.id = c.organization_id AND o.status = 'active'
    CROSS JOIN LATERAL jsonb_array_elements(c.settings -> 'certificates') x(value)
    WHERE c.type = 'saml' AND c.status IN ('optional', 'enforced') AND x.value ->> 'status' = 'trusted'
    GROUP BY o.slug, c.id HAVING max((x.value ->> 'notAfter')::timestamptz) <= now() + interval '14 days'
  UNION ALL
  SELECT 'connection_failing', o.slug, c.id, max(a.occurred_at), sum(coalesce(a.count, 1))
    FROM connections c JOIN organizations o ON o.id = c.organization_id AND o.status = 'active'
    JOIN sign_in_attempts a ON a.organization_id = c.organization_id AND a.connection_id = c.id
      AND a.occurred_at > now() - interval '1 day'
    WHERE c.status IN ('optional', 'enforced')
    GROUP BY o.slug, c.id HAVING count(*) FILTER (WHERE a.outcome = 'signed_in') = 0 AND sum(coalesce(a.count, 1)) >= 5
  UNION ALL
  SELECT 'mail_failing', o.slug, max(m.id), max(m.created_at), count(*) FROM mails m JOIN organizations o ON o.id = m.organization_id
    WHERE m.last_error IS NOT NULL AND (m.status = 'queued' OR m.status = 'failed' AND m.created_at > now() - interval '1 day')
    GROUP BY o.slug
  UNION ALL
  SELECT 'mass_change_waiting', o.slug, c.directory_id, max(c.tripped_at), count(*) FROM mass_changes c
    JOIN organizations o ON o.id = c.organization_id WHERE c.status = 'open' GROUP BY o.slug, c.directory_id
  UNION ALL
  SELECT 'backup', NULL, NULL, i.backed_up_at, 1 FROM instance_places i $function$;
GRANT EXECUTE ON FUNCTION installation_health() TO rolecall_server;

-- Under which keys secrets are sealed, by organization (null: of the installation itself); counts alone.
CREATE OR REPLACE FUNCTION public.seals_by_key()
 RETURNS TABLE(key_id text, organization_id text, secrets bigint)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT split_part(s.sealed, '.', 2), s.organization_id, count(*) FROM (
    SELECT c.organization_id, c.secret_sealed FROM connections c
    UNION ALL SELECT a.organization_id, a.secret_sealed FROM applications a
    UNION ALL SELECT w.organization_id, w.secret_sealed FROM webhooks w
    UNION ALL SELECT f.organization_id, f.secret_sealed FROM totp_factors f
    UNION ALL SELECT m.organization_id, m.password_sealed FROM mail_servers m
    UNION ALL SELECT m.organization_id, m.body_sealed FROM mails m
    UNION ALL SELECT n.organization_id, n.id_token_sealed FROM sessions n
    UNION ALL SELECT r.organization_id, r.secret_sealed FROM sign_in_requests r WHERE r.expires_at > now()
    UNION ALL SELECT NULL, i.value_sealed FROM instance_keys i) AS s (organization_id, sealed)
  WHERE s.sealed <> '' GROUP BY 1, 2 $function$;
GRANT EXECUTE ON FUNCTION seals_by_key() TO rolecall_server;

-- As organizations_with_work, of what can wait for minutes. Retention is due when the oldest row is a day past its
-- time, and so about daily.
CREATE OR REPLACE FUNCTION public.organizations_with_upkeep()
 RETURNS TABLE(organization_id text, kind text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT DISTINCT r.organization_id, 'reminder' FROM assignments_to_remind r
  UNION ALL
  SELECT DISTINCT e.organization_id, 'end_date' FROM (
    SELECT p.organization_id FROM people_past_their_end p
    UNION ALL SELECT s.organization_id FROM assignments_without_sponsor s
    UNION ALL SELECT u.organization_id FROM users u WHERE u.returns_at <= now()) e
  UNION ALL
  SELECT o.id, 'retention' FROM organizations o
    WHERE (SELECT p.occurred_at FROM provisioning_events p WHERE p.organization_id = o.id ORDER BY p.id LIMIT 1)
        < now() - make_interval(days => o.provisioning_log_days + 1)
      OR (SELECT s.occurred_at FROM sign_in_attempts s WHERE s.organization_id = o.id ORDER BY s.id LIMIT 1)
        < now() - make_interval(days => o.sign_in_trace_days + 1)
      OR (SELECT m.created_at FROM mails m WHERE m.organization_id = o.id AND m.status <> 'queued' ORDER BY m.id LIMIT 1)
        < now() - make_interval(days => o.mail_days + 1)
      OR (SELECT d.occurred_at FROM derived_events d WHERE d.organization_id = o.id ORDER BY d.id LIMIT 1) < now() - interval '31 days'
      OR (SELECT w.sent_at FROM webhook_attempts w WHERE w.organization_id = o.id ORDER BY w.id LIMIT 1) < now() - interval '31 days'
      OR EXISTS (SELECT FROM user_changes c WHERE c.organization_id = o.id AND c.finished_at < now() - interval '31 days')
      OR o.erase_deleted AND EXISTS (SELECT FROM users u WHERE u.organization_id = o.id AND u.status = 'inactive'
        AND u.deleted_at <= now() - make_interval(days => o.erase_after_days)
        AND u.status_changed_at <= now() - make_interval(days => o.erase_after_days))
  UNION ALL
  SELECT DISTINCT c.organization_id, 'certificate' FROM certificates_ending c
  UNION ALL
  SELECT DISTINCT e.organization_id, 'emergency_drill' FROM emergency_accounts_to_prove e
  UNION ALL
  SELECT DISTINCT d.organization_id, 'brake' FROM directories d
    WHERE d.brake_learned_at IS NULL OR d.brake_learned_at < now() - interval '1 day'
  UNION ALL
  SELECT DISTINCT s.organization_id, 'report' FROM report_schedules s WHERE s.status = 'on' AND s.next_at <= now() $function$;
GRANT EXECUTE ON FUNCTION organizations_with_upkeep() TO rolecall_server;

-- What is due by its pace (prompt, seal, upkeep), and neither under way nor paused; seen_at is the moment of the look.
-- Whoever waited longest comes first, to the minute: within one it is left to chance, so that nodes do not chase each
-- other.
CREATE OR REPLACE FUNCTION public.due_work(p_pace text)
 RETURNS TABLE(organization_id text, kind text, seen_at timestamp with time zone)
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  WITH found AS (
    SELECT w.organization_id, w.kind FROM organizations_with_work() w WHERE p_pace = 'prompt'
    UNION ALL
    SELECT s.organization_id, 'audit_seal' FROM organizations_to_seal() s WHERE p_pace = 'seal'
    UNION ALL
    SELECT u.organization_id, u.kind FROM organizations_with_upkeep() u WHERE p_pace = 'upkeep'
    UNION ALL
    SELECT r.organization_id, 'review' FROM organizations_with_reviews() r WHERE p_pace = 'upkeep'
    UNION ALL
    SELECT c.organization_id, 'checklist' FROM organizations_with_checklists() c WHERE p_pace = 'upkeep'
    UNION ALL
    SELECT l.organization_id, l.kind FROM organizations_with_lifecycles() l WHERE p_pace = 'upkeep')
  SELECT f.organization_id, f.kind, now() FROM found f
    LEFT JOIN work_leases l ON l.organization_id = f.organization_id AND l.kind = f.kind
    WHERE l.free_at IS NULL OR l.free_at <= now()
    ORDER BY date_trunc('minute', l.taken_at) NULLS FIRST, random() $function$;
GRANT EXECUTE ON FUNCTION due_work(text) TO rolecall_server;

-- Takes work that was seen due, unless somebody else took it since. A lease that nobody gave back belonged to a run
-- that died, which counts as a failure.
CREATE OR REPLACE FUNCTION public.take_work(p_organization_id text, p_kind text, p_holder text, p_seen_at timestamp with time zone)
 RETURNS boolean
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  WITH taken AS (
    INSERT INTO work_leases AS l (organization_id, kind, holder, free_at, taken_at)
      SELECT o.id, p_kind, p_holder, now() + interval '30 seconds', clock_timestamp() FROM organizations o
        WHERE o.id = p_organization_id
      ON CONFLICT (organization_id, kind) DO UPDATE SET holder = excluded.holder, free_at = excluded.free_at,
        taken_at = excluded.taken_at, failures = l.failures + (l.holder IS NOT NULL)::integer
        WHERE l.free_at <= excluded.free_at - interval '30 seconds' AND l.taken_at <= p_seen_at
      RETURNING 1)
  SELECT EXISTS (SELECT FROM taken) $function$;
GRANT EXECUTE ON FUNCTION take_work(text, text, text, timestamp with time zone) TO rolecall_server;

-- The heartbeat of a run: half a minute more. False where the work is somebody else's by now.
CREATE OR REPLACE FUNCTION public.keep_work(p_organization_id text, p_kind text, p_holder text)
 RETURNS boolean
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  WITH kept AS (
    UPDATE work_leases l SET free_at = now() + interval '30 seconds'
      WHERE l.organization_id = p_organization_id AND l.kind = p_kind AND l.holder = p_holder RETURNING 1)
  SELECT EXISTS (SELECT FROM kept) $function$;
GRANT EXECUTE ON FUNCTION keep_work(text, text, text) TO rolecall_server;

-- Gives the lease of a run back: what it was for is done.
CREATE OR REPLACE FUNCTION public.finish_work(p_organization_id text, p_kind text, p_holder text)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  UPDATE work_leases l SET holder = NULL, free_at = date_trunc('milliseconds', now()), failures = 0
    WHERE l.organization_id = p_organization_id AND l.kind = p_kind AND l.holder = p_holder $function$;
GRANT EXECUTE ON FUNCTION finish_work(text, text, text) TO rolecall_server;

-- Work that failed pauses: once to twice as long as the delay, twice that after each further failure, up to the longest
-- pause.
CREATE OR REPLACE FUNCTION public.put_off_work(p_organization_id text, p_kind text, p_holder text, p_delay integer, p_longest integer)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  UPDATE work_leases l SET holder = NULL, failures = l.failures + 1,
      free_at = now() + make_interval(secs => least(p_longest, p_delay * 2 ^ least(l.failures, 16) * (1 + random())))
    WHERE l.organization_id = p_organization_id AND l.kind = p_kind AND l.holder = p_holder $function$;
GRANT EXECUTE ON FUNCTION put_off_work(text, text, text, integer, integer) TO rolecall_server;

-- Takes new statistics of tables that have changed by half since the last ones, before autovacuum does; answers with
-- their names.
CREATE OR REPLACE FUNCTION public.analyze_grown()
 RETURNS SETOF text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  v_table regclass;
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtextextended('analyze', 0)) THEN RETURN; END IF;
  FOR v_table IN SELECT c.oid::regclass FROM pg_class c
    WHERE c.relnamespace IN ('public'::regnamespace, 'history'::regnamespace) AND c.relkind = 'r'
      AND pg_stat_get_mod_since_analyze(c.oid) > 500 + greatest(c.reltuples, 0) / 2
  LOOP
    EXECUTE format('ANALYZE (SKIP_LOCKED) %s', v_table);
    RETURN NEXT v_table::text;
  END LOOP;
END $function$;
GRANT EXECUTE ON FUNCTION analyze_grown() TO rolecall_server;

-- What has run out and means nothing any more. The id of a message stays until its time has passed everywhere.
CREATE OR REPLACE FUNCTION public.sweep_expired()
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  DELETE FROM sign_in_requests r WHERE r.expires_at < now() - interval '1 hour';
  DELETE FROM used_messages m WHERE m.expires_at < now();
  DELETE FROM provider_artifacts p WHERE p.expires_at < now();
  DELETE FROM throttles t WHERE t.window_ends_at < now();
  DELETE FROM password_resets r WHERE r.expires_at < now() - interval '1 day';
  DELETE FROM reserved_names r WHERE r.reserved_until < now();
  DELETE FROM idempotent_answers a WHERE a.expires_at < now() $function$;
GRANT EXECUTE ON FUNCTION sweep_expired() TO rolecall_server;

-- =====================================================================================================================
-- The platform
--
-- What stands above the organizations: keys of the product that runs Rolecall, what it knows of each organization, and
-- whom its applications serve. A transaction of the platform sets rolecall.instance, and rolecall.organization_id to
-- the name platform, under which its applications and its audit trail lie; an organization sees none of it.

-- Keys of the platform (rpk_…), by their hash: scopes above the organizations, and what they may do inside of those
-- that they reach.
CREATE TABLE platform_keys (
  id text NOT NULL,
  name text NOT NULL,
  key_hash text NOT NULL,
  last_four text NOT NULL,
  scopes jsonb NOT NULL,
  -- Inside of an organization: nothing, decisions, what permissions says, or everything.
  access text NOT NULL,
  permissions jsonb,
  -- all; only: organization_ids; except: all but organization_ids.
  reach text DEFAULT 'all'::text NOT NULL,
  organization_ids jsonb DEFAULT '[]'::jsonb NOT NULL,
  address_ranges jsonb,
  created_at timestamp(3) with time zone NOT NULL,
  created_by text NOT NULL,
  expires_at timestamp(3) with time zone,
  revoked_at timestamp(3) with time zone,
  last_used_at timestamp(3) with time zone,
  CONSTRAINT platform_keys_pkey PRIMARY KEY (id),
  CONSTRAINT platform_keys_hash UNIQUE (key_hash),
  CONSTRAINT platform_keys_access CHECK ((access = ANY (ARRAY['nothing'::text, 'decisions'::text, 'permissions'::text, 'everything'::text])) AND (access = 'permissions'::text) = (permissions IS NOT NULL)),
  CONSTRAINT platform_keys_reach CHECK (reach = ANY (ARRAY['all'::text, 'only'::text, 'except'::text]))
);
ALTER TABLE platform_keys ENABLE ROW LEVEL SECURITY;
CREATE POLICY platform_only ON platform_keys FOR ALL TO rolecall_server
  USING (current_setting('rolecall.instance'::text, true) = 'on'::text)
  WITH CHECK (current_setting('rolecall.instance'::text, true) = 'on'::text);
GRANT SELECT, INSERT, UPDATE ON platform_keys TO rolecall_server;

-- What the platform knows of an organization and the organization does not: its own id and metadata for it, and when it
-- is to be erased.
CREATE TABLE platform_organizations (
  organization_id text NOT NULL,
  external_id text,
  metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
  -- Suspended until then, and erased after it; null: it is not being deleted.
  deletion_due_at timestamp(3) with time zone,
  deletion_by text,
  -- From then on rows of it are gone, and it does not come back.
  erasing_since timestamp(3) with time zone,
  CONSTRAINT platform_organizations_pkey PRIMARY KEY (organization_id),
  CONSTRAINT platform_organizations_external_id UNIQUE (external_id),
  CONSTRAINT platform_organizations_deletion CHECK ((deletion_due_at IS NULL) = (deletion_by IS NULL)),
  CONSTRAINT platform_organizations_organization_id_organizations_id_fk FOREIGN KEY (organization_id)
    REFERENCES organizations(id) ON DELETE CASCADE
);
CREATE INDEX platform_organizations_due ON platform_organizations USING btree (deletion_due_at) WHERE (deletion_due_at IS NOT NULL);
ALTER TABLE platform_organizations ENABLE ROW LEVEL SECURITY;
CREATE POLICY platform_only ON platform_organizations FOR ALL TO rolecall_server
  USING (current_setting('rolecall.instance'::text, true) = 'on'::text)
  WITH CHECK (current_setting('rolecall.instance'::text, true) = 'on'::text);
GRANT SELECT, INSERT, UPDATE ON platform_organizations TO rolecall_server;

-- Which organizations an application of the platform serves, and whether they may switch it off for themselves
-- (is_optional).
CREATE TABLE platform_application_terms (
  application_id text NOT NULL,
  reach text NOT NULL,
  organization_ids jsonb NOT NULL,
  is_optional boolean NOT NULL,
  CONSTRAINT platform_application_terms_pkey PRIMARY KEY (application_id),
  CONSTRAINT platform_application_terms_reach CHECK (reach = ANY (ARRAY['all'::text, 'only'::text, 'except'::text]))
);
ALTER TABLE platform_application_terms ENABLE ROW LEVEL SECURITY;
CREATE POLICY platform_only ON platform_application_terms FOR ALL TO rolecall_server
  USING (current_setting('rolecall.instance'::text, true) = 'on'::text)
  WITH CHECK (current_setting('rolecall.instance'::text, true) = 'on'::text);
GRANT SELECT, INSERT, UPDATE, DELETE ON platform_application_terms TO rolecall_server;

-- Applications of the platform that an organization has switched off for itself.
CREATE TABLE application_choices (
  organization_id text NOT NULL,
  application_id text NOT NULL,
  switched_off_at timestamp(3) with time zone NOT NULL,
  switched_off_by text NOT NULL,
  CONSTRAINT application_choices_organization_id_application_id_pk PRIMARY KEY (organization_id, application_id),
  CONSTRAINT application_choices_organization_id_organizations_id_fk FOREIGN KEY (organization_id)
    REFERENCES organizations(id) ON DELETE CASCADE
);
ALTER TABLE application_choices ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON application_choices FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, DELETE ON application_choices TO rolecall_server;

-- People who run the installation, and whether they may change anything (administrator) or look (reader).
CREATE TABLE platform_operators (
  user_id text NOT NULL,
  organization_id text NOT NULL,
  name text NOT NULL,
  role text NOT NULL,
  added_at timestamp(3) with time zone NOT NULL,
  added_by text NOT NULL,
  CONSTRAINT platform_operators_user_id_pk PRIMARY KEY (user_id),
  CONSTRAINT platform_operators_role CHECK (role = ANY (ARRAY['reader'::text, 'administrator'::text])),
  CONSTRAINT platform_operators_organization_id_user_id_users_organization_i FOREIGN KEY (organization_id, user_id)
    REFERENCES users(organization_id, id) ON DELETE CASCADE
);
ALTER TABLE platform_operators ENABLE ROW LEVEL SECURITY;
CREATE POLICY platform_only ON platform_operators FOR ALL TO rolecall_server
  USING (current_setting('rolecall.instance'::text, true) = 'on'::text)
  WITH CHECK (current_setting('rolecall.instance'::text, true) = 'on'::text);
GRANT SELECT, INSERT, UPDATE, DELETE ON platform_operators TO rolecall_server;

-- Accounts of one human in several organizations, each pair joined by a proof in both. No organization sees it.
CREATE TABLE platform_account_links (
  first_organization_id text NOT NULL,
  first_user_id text NOT NULL,
  second_organization_id text NOT NULL,
  second_user_id text NOT NULL,
  linked_at timestamp(3) with time zone NOT NULL,
  CONSTRAINT platform_account_links_pk PRIMARY KEY (first_user_id, second_user_id),
  CONSTRAINT platform_account_links_apart CHECK (first_organization_id <> second_organization_id),
  CONSTRAINT platform_account_links_order CHECK (first_user_id < second_user_id),
  CONSTRAINT platform_account_links_first FOREIGN KEY (first_organization_id, first_user_id)
    REFERENCES users(organization_id, id) ON DELETE CASCADE,
  CONSTRAINT platform_account_links_second FOREIGN KEY (second_organization_id, second_user_id)
    REFERENCES users(organization_id, id) ON DELETE CASCADE
);
CREATE INDEX platform_account_links_first_user ON platform_account_links USING btree (first_organization_id, first_user_id);
CREATE INDEX platform_account_links_second_user ON platform_account_links USING btree (second_organization_id, second_user_id);
ALTER TABLE platform_account_links ENABLE ROW LEVEL SECURITY;
CREATE POLICY platform_only ON platform_account_links FOR ALL TO rolecall_server
  USING (current_setting('rolecall.instance'::text, true) = 'on'::text)
  WITH CHECK (current_setting('rolecall.instance'::text, true) = 'on'::text);
GRANT SELECT ON platform_account_links TO rolecall_server;

-- How many people an organization may have active, as the platform says. hold: whoever a directory or a first sign-in
-- brings beyond it waits to be let in.
CREATE TABLE seat_limits (
  organization_id text NOT NULL,
  seats integer NOT NULL,
  rule text NOT NULL,
  CONSTRAINT seat_limits_organization_id_pk PRIMARY KEY (organization_id),
  CONSTRAINT seat_limits_rule CHECK (rule = ANY (ARRAY['warn'::text, 'hold'::text])),
  CONSTRAINT seat_limits_seats CHECK (seats >= 0),
  CONSTRAINT seat_limits_organization_id_organizations_id_fk FOREIGN KEY (organization_id)
    REFERENCES organizations(id) ON DELETE CASCADE
);
ALTER TABLE seat_limits ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON seat_limits FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON seat_limits TO rolecall_server;

-- Whether operators may come into the console of the organization: never (as without a row), each time on request, or
-- until a time.
CREATE TABLE support_consents (
  organization_id text NOT NULL,
  mode text NOT NULL,
  may_write boolean DEFAULT false NOT NULL,
  open_until timestamp(3) with time zone,
  CONSTRAINT support_consents_organization_id_pk PRIMARY KEY (organization_id),
  CONSTRAINT support_consents_mode CHECK (mode = ANY (ARRAY['never'::text, 'on_request'::text, 'open'::text])),
  CONSTRAINT support_consents_open CHECK ((mode = 'open'::text) = (open_until IS NOT NULL)),
  CONSTRAINT support_consents_organization_id_organizations_id_fk FOREIGN KEY (organization_id)
    REFERENCES organizations(id) ON DELETE CASCADE
);
ALTER TABLE support_consents ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON support_consents FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE, DELETE ON support_consents TO rolecall_server;

-- Operators who asked to come in, and what became of it. Which of them are in now, live_supports says.
CREATE TABLE support_accesses (
  organization_id text NOT NULL,
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
  CONSTRAINT support_accesses_status CHECK (status = ANY (ARRAY['requested'::text, 'granted'::text, 'refused'::text, 'entered'::text, 'ended'::text])),
  CONSTRAINT support_accesses_organization_id_organizations_id_fk FOREIGN KEY (organization_id)
    REFERENCES organizations(id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX support_accesses_id ON support_accesses USING btree (id);
CREATE INDEX support_accesses_operator ON support_accesses USING btree (operator_id);
ALTER TABLE support_accesses ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON support_accesses FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE ON support_accesses TO rolecall_server;

-- What was answered to POSTs with an Idempotency-Key, sealed, for a day.
CREATE TABLE idempotent_answers (
  organization_id text NOT NULL,
  caller_id text NOT NULL,
  key_hash text NOT NULL,
  request_hash text NOT NULL,
  answer_sealed text NOT NULL,
  expires_at timestamp(3) with time zone NOT NULL,
  CONSTRAINT idempotent_answers_organization_id_caller_id_key_hash_pk PRIMARY KEY (organization_id, caller_id, key_hash)
);
CREATE INDEX idempotent_answers_expiry ON idempotent_answers USING btree (expires_at);
ALTER TABLE idempotent_answers ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON idempotent_answers FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id'::text, true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id'::text, true));
GRANT SELECT, INSERT, UPDATE ON idempotent_answers TO rolecall_server;

-- Which key of the platform this is and what it may do, by its hash alone.
CREATE OR REPLACE FUNCTION public.resolve_platform_key(p_key_hash text)
 RETURNS TABLE(key_id text, scopes jsonb, access text, permissions jsonb, reach text, organization_ids jsonb, address_ranges jsonb)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT k.id, k.scopes, k.access, k.permissions, k.reach, k.organization_ids, k.address_ranges
    FROM platform_keys k WHERE k.key_hash = p_key_hash $function$;
GRANT EXECUTE ON FUNCTION resolve_platform_key(text) TO rolecall_server;

-- The entry of a platform key above the organizations: sets rolecall.instance and the name of the platform, and refuses
-- (RC401) a key that is revoked or expired.
CREATE OR REPLACE FUNCTION public.enter_platform(p_key_hash text)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
AS $function$
BEGIN
  PERFORM FROM public.platform_keys k WHERE k.key_hash = p_key_hash
    AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > pg_catalog.now());
  IF NOT FOUND THEN
    RAISE EXCEPTION 'platform key refused' USING ERRCODE = 'RC401';
  END IF;
  PERFORM pg_catalog.set_config('rolecall.instance', 'on', true);
  PERFORM pg_catalog.set_config('rolecall.organization_id', 'platform', true);
  RETURN 'platform';
END $function$;
GRANT EXECUTE ON FUNCTION enter_platform(text) TO rolecall_server;

-- The entry of a platform key in one organization: refuses (RC401) a key that is revoked or expired, and (RC404) an
-- organization that it does not reach or that is not there.
CREATE OR REPLACE FUNCTION public.enter_by_platform_key(p_organization_id text, p_key_hash text)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
AS $function$
DECLARE
  v_reaches boolean;
BEGIN
  SELECT k.access <> 'nothing' AND CASE k.reach WHEN 'all' THEN true WHEN 'only' THEN k.organization_ids ? p_organization_id
      ELSE NOT k.organization_ids ? p_organization_id END
    INTO v_reaches FROM public.platform_keys k WHERE k.key_hash = p_key_hash
    AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > pg_catalog.now());
  IF NOT FOUND THEN
    RAISE EXCEPTION 'platform key refused' USING ERRCODE = 'RC401';
  END IF;
  IF NOT v_reaches OR NOT EXISTS (SELECT FROM public.organizations o WHERE o.id = p_organization_id) THEN
    RAISE EXCEPTION 'organization out of reach' USING ERRCODE = 'RC404';
  END IF;
  PERFORM pg_catalog.set_config('rolecall.organization_id', p_organization_id, true);
  RETURN p_organization_id;
END $function$;
GRANT EXECUTE ON FUNCTION enter_by_platform_key(text, text) TO rolecall_server;

-- Notes the use of a live platform key, to the minute.
CREATE OR REPLACE FUNCTION public.touch_platform_key(p_key_hash text)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  UPDATE platform_keys SET last_used_at = now() WHERE key_hash = p_key_hash AND revoked_at IS NULL
    AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute') $function$;
GRANT EXECUTE ON FUNCTION touch_platform_key(text) TO rolecall_server;

-- For keys of the platform, which name an organization by its slug.
CREATE OR REPLACE FUNCTION public.organization_of_slug(p_slug text)
 RETURNS text
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT o.id FROM organizations o WHERE o.slug = p_slug $function$;
GRANT EXECUTE ON FUNCTION organization_of_slug(text) TO rolecall_server;

-- In which organizations users are, for a transaction of the platform.
CREATE OR REPLACE FUNCTION public.organizations_of_users(p_ids text[])
 RETURNS TABLE(user_id text, organization_id text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT u.id, u.organization_id FROM users u WHERE u.id = ANY (p_ids) AND current_setting('rolecall.instance', true) = 'on' $function$;
GRANT EXECUTE ON FUNCTION organizations_of_users(text[]) TO rolecall_server;

-- Whether somebody active runs the installation.
CREATE OR REPLACE FUNCTION public.operator_of(p_organization_id text, p_user_id text)
 RETURNS TABLE(name text, role text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT o.name, o.role FROM platform_operators o JOIN users u ON u.organization_id = o.organization_id AND u.id = o.user_id
    WHERE o.organization_id = p_organization_id AND o.user_id = p_user_id AND u.status = 'active' AND u.deleted_at IS NULL $function$;
GRANT EXECUTE ON FUNCTION operator_of(text, text) TO rolecall_server;

-- Somebody who is erased is no operator any more, and no name of theirs stays.
-- Trigger of users (forget_operator).
CREATE OR REPLACE FUNCTION public.forget_operator()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  DELETE FROM platform_operators o WHERE o.user_id = NEW.id AND o.organization_id = NEW.organization_id;
  UPDATE support_accesses a SET operator_name = 'Somebody who was erased' WHERE a.operator_id = NEW.id;
  RETURN NULL;
END $function$;

-- The entry of an operator above the organizations: refuses (RC401) a session that is not live, and somebody who is no
-- operator any more.
CREATE OR REPLACE FUNCTION public.enter_operator(p_organization_id text, p_user_id text, p_token_hash text)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
END $function$;
GRANT EXECUTE ON FUNCTION enter_operator(text, text, text) TO rolecall_server;

-- How organizations do, for those who run the installation: counts and times alone.
CREATE OR REPLACE FUNCTION public.organization_health(p_ids text[])
 RETURNS TABLE(organization_id text, active bigint, synchronised_at timestamp with time zone, signed_in_at timestamp with time zone, refused bigint, unsent bigint, waiting bigint, faults text[])
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
  FROM organizations o WHERE o.id = ANY (p_ids) AND current_setting('rolecall.instance', true) = 'on' $function$;
GRANT EXECUTE ON FUNCTION organization_health(text[]) TO rolecall_server;

-- What waits to be sent, by organization, for those who run the installation.
CREATE OR REPLACE FUNCTION public.platform_queue()
 RETURNS TABLE(kind text, organization_id text, name text, waiting bigint, failing bigint, oldest timestamp with time zone, next_attempt_at timestamp with time zone, last_error text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  WITH queued AS (
    SELECT 'mail' AS kind, m.organization_id, m.created_at, m.next_attempt_at, m.last_error FROM mails m WHERE m.status = 'queued'
    UNION ALL
    SELECT 'sign_out', l.organization_id, l.created_at, l.next_attempt_at, l.last_error FROM application_logouts l
      WHERE l.status = 'queued')
  SELECT q.kind, q.organization_id, o.name, count(*), count(q.last_error), min(q.created_at), min(q.next_attempt_at),
      (array_agg(q.last_error ORDER BY q.next_attempt_at) FILTER (WHERE q.last_error IS NOT NULL))[1]
    FROM queued q JOIN organizations o ON o.id = q.organization_id
    WHERE current_setting('rolecall.instance', true) = 'on'
    GROUP BY q.kind, q.organization_id, o.name ORDER BY count(q.last_error) DESC, min(q.created_at) LIMIT 200 $function$;
GRANT EXECUTE ON FUNCTION platform_queue() TO rolecall_server;

-- Links the accounts of two live sessions that were proven within so many minutes: linked, stale, other_stale or
-- refused.
CREATE OR REPLACE FUNCTION public.link_accounts(p_token_hash text, p_other_token_hash text, p_minutes integer)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
END $function$;
GRANT EXECUTE ON FUNCTION link_accounts(text, text, integer) TO rolecall_server;

-- The accounts that the one of a live session is linked with, and which of them it may be switched to.
CREATE OR REPLACE FUNCTION public.linked_accounts(p_token_hash text)
 RETURNS TABLE(organization_id text, slug text, organization_name text, user_id text, user_name text, is_accepted boolean)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
    WHERE s.token_hash = p_token_hash ORDER BY o.name, o.id $function$;
GRANT EXECUTE ON FUNCTION linked_accounts(text) TO rolecall_server;

-- Ends a link of the account of a live session.
CREATE OR REPLACE FUNCTION public.unlink_accounts(p_token_hash text, p_user_id text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  DELETE FROM platform_account_links l USING live_sessions s WHERE s.token_hash = p_token_hash
    AND ((l.first_user_id = s.user_id AND l.second_user_id = p_user_id)
      OR (l.second_user_id = s.user_id AND l.first_user_id = p_user_id));
  RETURN FOUND;
END $function$;
GRANT EXECUTE ON FUNCTION unlink_accounts(text, text) TO rolecall_server;

-- Ends the links of somebody who is deactivated, or whose password, authenticator or passkeys change.
-- Trigger of passkeys (end_account_links), passwords (end_account_links), totp_factors (end_account_links), users
-- (end_account_links).
CREATE OR REPLACE FUNCTION public.end_account_links()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  v_row jsonb := to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END);
  v_organization_id text := v_row ->> 'organization_id';
  v_user_id text := coalesce(v_row ->> 'user_id', v_row ->> 'id');
BEGIN
  DELETE FROM platform_account_links l WHERE (l.first_organization_id, l.first_user_id) = (v_organization_id, v_user_id)
    OR (l.second_organization_id, l.second_user_id) = (v_organization_id, v_user_id);
  RETURN NULL;
END $function$;

-- Erases a deleted organization whose time is over, some thousand rows at a time; is_gone once nothing of it is left,
-- null where none is due.
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
GRANT EXECUTE ON FUNCTION erase_due_organization(integer) TO rolecall_server;

-- Whether new people wait because every seat is taken.
CREATE OR REPLACE FUNCTION public.are_seats_taken(p_organization_id text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  v_seats integer;
BEGIN
  SELECT l.seats INTO v_seats FROM seat_limits l WHERE l.organization_id = p_organization_id AND l.rule = 'hold'
    FOR NO KEY UPDATE;
  IF NOT FOUND THEN RETURN false; END IF;
  RETURN (SELECT coalesce(sum(c.people), 0) >= v_seats FROM people_counts c
    WHERE c.organization_id = p_organization_id AND c.status = 'active');
END $function$;
GRANT EXECUTE ON FUNCTION are_seats_taken(text) TO rolecall_server;

-- The seat limit of an organization, for a transaction of the platform.
CREATE OR REPLACE FUNCTION public.seat_limit_of(p_organization_id text)
 RETURNS jsonb
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT jsonb_build_object('seats', l.seats, 'rule', l.rule) FROM seat_limits l
    WHERE l.organization_id = p_organization_id AND current_setting('rolecall.instance', true) = 'on' $function$;
GRANT EXECUTE ON FUNCTION seat_limit_of(text) TO rolecall_server;

-- Which operators are in an organization's console now. For functions of ours only.
CREATE OR REPLACE FUNCTION public.live_supports(p_organization_id text)
 RETURNS TABLE(id text, organization_id text, operator_id text, operator_name text, may_write boolean, entered_at timestamp with time zone, ends_at timestamp with time zone, token_hash text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT a.id, a.organization_id, a.operator_id, a.operator_name, a.may_write, a.entered_at, a.ends_at, s.token_hash
    FROM support_accesses a
    JOIN organizations o ON o.id = a.organization_id AND o.status = 'active'
    JOIN support_consents c ON c.organization_id = a.organization_id AND c.mode <> 'never'
    JOIN platform_operators p ON p.user_id = a.operator_id AND p.role = 'administrator'
    JOIN live_sessions s ON s.organization_id = p.organization_id AND s.user_id = p.user_id AND s.id = a.session_id
    WHERE a.organization_id = p_organization_id AND a.status = 'entered' AND a.ends_at > now() $function$;
-- Called by functions of ours only.

-- Which operators are in the console now, for a transaction of the organization.
CREATE OR REPLACE FUNCTION public.current_supports(p_organization_id text)
 RETURNS TABLE(id text, operator_name text, may_write boolean, entered_at timestamp with time zone, ends_at timestamp with time zone)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT l.id, l.operator_name, l.may_write, l.entered_at, l.ends_at FROM live_supports(p_organization_id) l
    WHERE p_organization_id = current_setting('rolecall.organization_id', true) ORDER BY l.entered_at, l.id $function$;
GRANT EXECUTE ON FUNCTION current_supports(text) TO rolecall_server;

-- The support access that a session is in, if it still is.
CREATE OR REPLACE FUNCTION public.entered_support(p_id text, p_token_hash text)
 RETURNS TABLE(id text, organization_id text, operator_name text, may_write boolean, ends_at timestamp with time zone)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT l.id, l.organization_id, l.operator_name, l.may_write, l.ends_at
    FROM support_accesses a CROSS JOIN LATERAL live_supports(a.organization_id) l
    WHERE a.id = p_id AND l.id = a.id AND l.token_hash = p_token_hash $function$;
GRANT EXECUTE ON FUNCTION entered_support(text, text) TO rolecall_server;

-- The entry of an operator in an organization's console: refuses (RC401) what has ended, whatever ended it.
CREATE OR REPLACE FUNCTION public.enter_support(p_id text, p_token_hash text)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
END $function$;
GRANT EXECUTE ON FUNCTION enter_support(text, text) TO rolecall_server;

-- Refuses (RC403) changes of a support access that may only read.
-- Trigger of audit_events (refuse_support_write).
CREATE OR REPLACE FUNCTION public.refuse_support_write()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  IF NEW.action LIKE 'support.%' THEN RETURN NEW; END IF;
  PERFORM FROM support_accesses a WHERE a.id = current_setting('rolecall.support', true)
    AND a.organization_id = NEW.organization_id AND a.may_write;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'support reads only' USING ERRCODE = 'RC403';
  END IF;
  RETURN NEW;
END $function$;

-- The active organization of this id or slug, where the application serves it.
CREATE OR REPLACE FUNCTION public.served_organization(p_application_id text, p_reference text)
 RETURNS TABLE(id text, slug text, name text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT o.id, o.slug, o.name FROM organizations o JOIN applications a ON a.id = p_application_id AND a.status = 'active'
    LEFT JOIN platform_application_terms t ON t.application_id = a.id
    WHERE (o.id = p_reference OR o.slug = p_reference) AND o.status = 'active' AND (a.organization_id = o.id
      OR a.organization_id = 'platform'
        AND CASE t.reach WHEN 'only' THEN t.organization_ids ? o.id WHEN 'except' THEN NOT t.organization_ids ? o.id ELSE true END
        AND NOT (coalesce(t.is_optional, false) AND EXISTS (
          SELECT FROM application_choices c WHERE c.organization_id = o.id AND c.application_id = a.id))) $function$;
GRANT EXECUTE ON FUNCTION served_organization(text, text) TO rolecall_server;

-- In which organization something of the OpenID provider was issued, where the application still serves it.
CREATE OR REPLACE FUNCTION public.owner_of_artifact(p_model text, p_id_hash text)
 RETURNS TABLE(id text, slug text, name text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT s.id, s.slug, s.name FROM provider_artifacts p CROSS JOIN LATERAL served_organization(p.payload ->> 'clientId', p.organization_id) s
    WHERE p.model = p_model AND p.id_hash = p_id_hash $function$;
GRANT EXECUTE ON FUNCTION owner_of_artifact(text, text) TO rolecall_server;

-- The applications of the platform that the transaction's organization is served by.
CREATE OR REPLACE FUNCTION public.platform_applications()
 RETURNS TABLE(id text, name text, kind text, is_optional boolean, is_on boolean)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT a.id, a.name, a.kind, coalesce(t.is_optional, false), NOT (coalesce(t.is_optional, false) AND EXISTS (
      SELECT FROM application_choices c WHERE c.organization_id = o.id AND c.application_id = a.id))
    FROM organizations o CROSS JOIN applications a LEFT JOIN platform_application_terms t ON t.application_id = a.id
    WHERE o.id = current_setting('rolecall.organization_id', true) AND a.organization_id = 'platform' AND a.status = 'active'
      AND CASE t.reach WHEN 'only' THEN t.organization_ids ? o.id WHEN 'except' THEN NOT t.organization_ids ? o.id ELSE true END
    ORDER BY a.id $function$;
GRANT EXECUTE ON FUNCTION platform_applications() TO rolecall_server;

-- Where an application is told the end of a session, and by which keys.
CREATE OR REPLACE FUNCTION public.logout_target(p_application_id text)
 RETURNS TABLE(uri text, algorithm text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT a.backchannel_logout_uri, a.id_token_algorithm FROM applications a
    WHERE a.id = p_application_id AND a.organization_id IN (current_setting('rolecall.organization_id', true), 'platform') $function$;
GRANT EXECUTE ON FUNCTION logout_target(text) TO rolecall_server;

-- Forgets what an application of the platform holds of organizations that it serves no more.
CREATE OR REPLACE FUNCTION public.drop_unserved_artifacts(p_application_id text)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  DELETE FROM provider_artifacts p WHERE p.payload ->> 'clientId' = p_application_id AND p.organization_id IS NOT NULL
    AND current_setting('rolecall.instance', true) = 'on'
    AND NOT EXISTS (SELECT FROM served_organization(p_application_id, p.organization_id)) $function$;
GRANT EXECUTE ON FUNCTION drop_unserved_artifacts(text) TO rolecall_server;

-- =====================================================================================================================
-- The installation
--
-- What belongs to no organization: keys, and where the database lives, so that a restored backup lets nobody in.

-- The provider's signing keys, sealed; a sealed known text that proves the sealing key right; the offer to the first
-- administrator.
CREATE TABLE instance_keys (
  id text NOT NULL,
  purpose text NOT NULL,
  value_sealed text NOT NULL,
  created_at timestamp(3) with time zone NOT NULL,
  retired_at timestamp(3) with time zone,
  CONSTRAINT instance_keys_pkey PRIMARY KEY (id)
);
ALTER TABLE instance_keys ENABLE ROW LEVEL SECURITY;
-- The rows belong to no organization, and what is in them is sealed.
CREATE POLICY sealed_anyway ON instance_keys FOR ALL TO rolecall_server
  USING (true)
  WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON instance_keys TO rolecall_server;

-- Where PostgreSQL has this database, by its own numbers: a backup that was restored is somewhere else.
CREATE TABLE instance_places (
  id integer NOT NULL,
  place jsonb NOT NULL,
  timeline integer,
  settled_at timestamp(3) with time zone NOT NULL,
  backed_up_at timestamp(3) with time zone,
  CONSTRAINT instance_places_pkey PRIMARY KEY (id)
);
ALTER TABLE instance_places ENABLE ROW LEVEL SECURITY;

-- PostgreSQL's own number of the cluster, of the database and of a table in it: elsewhere, at least one of them
-- differs.
CREATE OR REPLACE FUNCTION public.current_place()
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
$function$;
-- Called by functions of ours only.

-- The number that PostgreSQL raises when a standby takes over, and when it is recovered to a point in time; null where
-- it is not told.
CREATE OR REPLACE FUNCTION public.current_timeline()
 RETURNS integer
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  RETURN (SELECT c.timeline_id FROM pg_control_checkpoint() c);
EXCEPTION WHEN insufficient_privilege OR undefined_function THEN RETURN NULL;
END
$function$;
-- Called by functions of ours only.

-- Whether the database is where it was.
CREATE OR REPLACE FUNCTION public.is_settled()
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT EXISTS (SELECT FROM instance_places i WHERE i.id = 1 AND i.place = current_place()
    AND i.timeline IS NOT DISTINCT FROM current_timeline()) $function$;
GRANT EXECUTE ON FUNCTION is_settled() TO rolecall_server;

-- Looks whether the database is where it was. new: seen for the first time; same; restored: somewhere else, and all
-- access has ended by now; timeline: in its place, on another timeline. Nodes take turns.
CREATE OR REPLACE FUNCTION public.settle_in()
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
$function$;
GRANT EXECUTE ON FUNCTION settle_in() TO rolecall_server;

-- After a restored backup: sessions, what was issued under them, codes and refresh tokens, sign-ins under way, and
-- links to set a password or to connect a provider end. Directory tokens, API keys and invitations stay.
CREATE OR REPLACE FUNCTION public.end_all_access()
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
$function$;
GRANT EXECUTE ON FUNCTION end_all_access() TO rolecall_server;

-- An id as the service makes them: prefix, 48 bits of time, 80 random ones, in Crockford base32.
CREATE OR REPLACE FUNCTION public.new_id(p_prefix text)
 RETURNS text
 LANGUAGE plpgsql
AS $function$
DECLARE
  alphabet CONSTANT text := '0123456789abcdefghjkmnpqrstvwxyz';
  millis bigint := floor(extract(epoch FROM clock_timestamp()) * 1000);
  random_bytes bytea := uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());
  result text := '';
BEGIN
  FOR i IN 1..10 LOOP
    result := substr(alphabet, (millis % 32)::int + 1, 1) || result;
    millis := millis / 32;
  END LOOP;
  -- Without bytes 6 and 8 of either half, which hold version and variant of the UUID.
  FOR i IN 0..15 LOOP
    result := result || substr(alphabet, (get_byte(random_bytes, (ARRAY[0,1,2,3,4,5,7,9,16,17,18,19,20,21,23,25])[i + 1]) & 31) + 1, 1);
  END LOOP;
  RETURN p_prefix || '_' || result;
END
$function$;
GRANT EXECUTE ON FUNCTION new_id(text) TO PUBLIC;
