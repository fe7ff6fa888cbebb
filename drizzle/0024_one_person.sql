-- One address, one living account; former names; adoption by directories; whose word a status is.

-- The folded address that somebody signs in by: the primary e-mail, else the first one, else the userName; null where that is no
-- address. Entra's guest names are nobody's. In plpgsql, since a plan is kept of that.
CREATE FUNCTION sign_in_key(p_attributes jsonb, p_user_name text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
  SET search_path = public, pg_temp AS $$
DECLARE
  address text := fold(regexp_replace(coalesce(
    jsonb_path_query_first(p_attributes, '$.emails[*] ? (@.primary == true || @.primary == "true").value') #>> '{}',
    jsonb_path_query_first(p_attributes, '$.emails[*].value') #>> '{}', p_user_name),
    '[\s\u00a0\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]', '', 'g'));
BEGIN
  RETURN CASE WHEN address LIKE '_%@_%' AND address NOT LIKE '%#ext#%' THEN address END;
END $$;
--> statement-breakpoint
CREATE TABLE "adoption_requests" (
	"organization_id" text NOT NULL,
	"id" text NOT NULL,
	"directory_id" text NOT NULL,
	"user_id" text NOT NULL,
	"reason" text NOT NULL,
	"content" jsonb NOT NULL,
	"user_name_key" text NOT NULL,
	"external_id" text,
	"status" text NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"last_seen_at" timestamp(3) with time zone NOT NULL,
	"decided_at" timestamp(3) with time zone,
	"decided_by" text,
	CONSTRAINT "adoption_requests_organization_id_id_pk" PRIMARY KEY("organization_id","id")
);
--> statement-breakpoint
ALTER TABLE "adoption_requests" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "former_names" (
	"organization_id" text NOT NULL,
	"user_id" text NOT NULL,
	"kind" text NOT NULL,
	"value_key" text NOT NULL,
	"directory_id" text,
	"ended_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "former_names_organization_id_user_id_kind_value_key_pk" PRIMARY KEY("organization_id","user_id","kind","value_key")
);
--> statement-breakpoint
ALTER TABLE "former_names" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "directories" ADD COLUMN "adoption" text DEFAULT 'verified_domain' NOT NULL;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "is_held_by_directory" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "email_key" text GENERATED ALWAYS AS (sign_in_key(attributes, user_name)) STORED;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "address_yielded_to" text;--> statement-breakpoint
ALTER TABLE "organizations" ADD COLUMN "reactivation" text DEFAULT 'by_holder' NOT NULL;--> statement-breakpoint
ALTER TABLE "adoption_requests" ADD CONSTRAINT "adoption_requests_organization_id_directory_id_directories_organization_id_id_fk" FOREIGN KEY ("organization_id","directory_id") REFERENCES "public"."directories"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "adoption_requests" ADD CONSTRAINT "adoption_requests_organization_id_user_id_users_organization_id_id_fk" FOREIGN KEY ("organization_id","user_id") REFERENCES "public"."users"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "former_names" ADD CONSTRAINT "former_names_organization_id_user_id_users_organization_id_id_fk" FOREIGN KEY ("organization_id","user_id") REFERENCES "public"."users"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "adoption_requests_once" ON "adoption_requests" USING btree ("organization_id","directory_id","user_id");--> statement-breakpoint
CREATE INDEX "adoption_requests_name" ON "adoption_requests" USING btree ("organization_id","directory_id","user_name_key");--> statement-breakpoint
CREATE INDEX "adoption_requests_user" ON "adoption_requests" USING btree ("organization_id","user_id");--> statement-breakpoint
CREATE INDEX "former_names_value" ON "former_names" USING btree ("organization_id","value_key");--> statement-breakpoint
-- Where several living people have one sign-in address, it stays with the one who can sign in; the others are marked.
WITH ranked AS (
  SELECT u.organization_id, u.id, first_value(u.id) OVER (PARTITION BY u.organization_id, u.email_key ORDER BY
      u.status = 'active' DESC, u.status = 'invited' DESC,
      (EXISTS (SELECT FROM identities i WHERE i.organization_id = u.organization_id AND i.user_id = u.id)
        OR EXISTS (SELECT FROM passwords w WHERE w.organization_id = u.organization_id AND w.user_id = u.id)
        OR EXISTS (SELECT FROM passkeys k WHERE k.organization_id = u.organization_id AND k.user_id = u.id)) DESC,
      u.last_active_at DESC NULLS LAST, u.created_at, u.id) AS keeper
  FROM users u WHERE u.deleted_at IS NULL AND u.email_key IS NOT NULL)
UPDATE users u SET address_yielded_to = r.keeper FROM ranked r
  WHERE u.organization_id = r.organization_id AND u.id = r.id AND r.id <> r.keeper;
--> statement-breakpoint
CREATE UNIQUE INDEX "users_sign_in_address" ON "users" USING btree ("organization_id","email_key") WHERE deleted_at is null and address_yielded_to is null;--> statement-breakpoint
CREATE INDEX "users_yielded" ON "users" USING btree ("organization_id","address_yielded_to") WHERE address_yielded_to is not null;--> statement-breakpoint
CREATE INDEX "users_removed_name" ON "users" USING btree ("organization_id","user_name_key") WHERE deleted_at is not null;--> statement-breakpoint
CREATE INDEX "users_removed_external_id" ON "users" USING btree ("organization_id","external_id") WHERE deleted_at is not null and external_id is not null;--> statement-breakpoint
CREATE INDEX "users_removed_address" ON "users" USING btree ("organization_id","email_key") WHERE deleted_at is not null;--> statement-breakpoint
CREATE POLICY "own_organization" ON "adoption_requests" AS PERMISSIVE FOR ALL TO "rolecall_server" USING (organization_id = (select current_setting('rolecall.organization_id', true))) WITH CHECK (organization_id = (select current_setting('rolecall.organization_id', true)));--> statement-breakpoint
CREATE POLICY "own_organization" ON "former_names" AS PERMISSIVE FOR ALL TO "rolecall_server" USING (organization_id = (select current_setting('rolecall.organization_id', true))) WITH CHECK (organization_id = (select current_setting('rolecall.organization_id', true)));
--> statement-breakpoint
-- Somebody who gets another address has yielded nothing any more.
CREATE FUNCTION forget_yielding() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  NEW.address_yielded_to := NULL;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER forget_yielding BEFORE UPDATE OF attributes, user_name ON users FOR EACH ROW
  WHEN (OLD.address_yielded_to IS NOT NULL
    AND sign_in_key(OLD.attributes, OLD.user_name) IS DISTINCT FROM sign_in_key(NEW.attributes, NEW.user_name))
  EXECUTE FUNCTION forget_yielding();
--> statement-breakpoint
-- An address that becomes free goes to whoever yielded it: somebody who is there first, then the oldest.
CREATE FUNCTION give_address_back() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  heir text;
BEGIN
  SELECT u.id INTO heir FROM users u WHERE u.organization_id = OLD.organization_id AND u.address_yielded_to = OLD.id
    AND u.email_key = OLD.email_key AND u.deleted_at IS NULL
    ORDER BY u.status IN ('active', 'invited') DESC, u.created_at, u.id LIMIT 1;
  UPDATE users u SET address_yielded_to = nullif(heir, u.id)
    WHERE u.organization_id = OLD.organization_id AND u.address_yielded_to = OLD.id;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER give_address_back AFTER UPDATE OF attributes, user_name, deleted_at ON users FOR EACH ROW
  WHEN (OLD.deleted_at IS NULL AND OLD.address_yielded_to IS NULL AND OLD.email_key IS NOT NULL
    AND (NEW.deleted_at IS NOT NULL OR OLD.email_key IS DISTINCT FROM NEW.email_key))
  EXECUTE FUNCTION give_address_back();
--> statement-breakpoint
CREATE FUNCTION remember_names() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
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
END $$;
--> statement-breakpoint
-- Not of the erased, of whom nothing is to be known.
CREATE TRIGGER remember_names AFTER UPDATE OF user_name, external_id, attributes, directory_id ON users FOR EACH ROW
  WHEN (NEW.status <> 'erased' AND (OLD.user_name_key IS DISTINCT FROM NEW.user_name_key
    OR OLD.external_id IS DISTINCT FROM NEW.external_id OR OLD.email_key IS DISTINCT FROM NEW.email_key
    OR OLD.directory_id IS DISTINCT FROM NEW.directory_id))
  EXECUTE FUNCTION remember_names();
--> statement-breakpoint
-- Whether a directory may have somebody whom the organization has from elsewhere: `own`, `yes`, or why not. Its policy decides;
-- nobody who manages something, no emergency account, and nobody whom another directory took over from it comes by its word
-- alone, nor whom an administrator has refused it. A domain that is bound to connections of other directories vouches for none.
CREATE FUNCTION adoption_verdict(p_organization_id text, p_directory_id text, p_user_id text) RETURNS text
  LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
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
  WHERE u.organization_id = p_organization_id AND u.id = p_user_id AND u.deleted_at IS NULL $$;
--> statement-breakpoint
-- Whether a directory finds somebody by name or id: its own people, those whom it may have, and those whom it asked for, since
-- a provider that is refused somebody whom it cannot find tries for ever.
CREATE FUNCTION is_findable(p_organization_id text, p_directory_id text, p_user_id text) RETURNS boolean
  LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT adoption_verdict(p_organization_id, p_directory_id, p_user_id) IN ('own', 'yes')
    OR EXISTS (SELECT FROM adoption_requests r WHERE r.organization_id = p_organization_id
      AND r.directory_id = p_directory_id AND r.user_id = p_user_id) $$;
--> statement-breakpoint
-- Whoever has the address as a further one signs in by another. Where a text is one person's address and another one's userName,
-- whose address it is is meant: of an organization it is one.
CREATE OR REPLACE FUNCTION resolve_password_accounts(p_key text, p_organization_id text)
  RETURNS TABLE (organization_id text, user_id text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
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
    ORDER BY n.is_home DESC, n.is_user_name DESC, n.created_at, n.organization_id, n.id LIMIT 10 $$;
--> statement-breakpoint
DROP FUNCTION resolve_password_accounts(text);
--> statement-breakpoint
DROP INDEX user_emails_anywhere;
--> statement-breakpoint
CREATE INDEX users_sign_in_address_anywhere ON users (email_key) WHERE deleted_at IS NULL AND address_yielded_to IS NULL;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON former_names, adoption_requests TO rolecall_server;
--> statement-breakpoint
DO $do$ BEGIN
  COMMENT ON COLUMN users.email_key IS
    'The sign-in address, folded: the primary e-mail, else the first one, else a userName that is one. Unique among the living.';
  COMMENT ON COLUMN users.address_yielded_to IS
    'Who has the sign-in address instead, where it was two people''s; nobody signs in as this one by it.';
  COMMENT ON COLUMN users.is_held_by_directory IS
    'The directory said so while somebody else had switched them off; it holds them once that is lifted.';
  COMMENT ON TABLE former_names IS
    'How people were called before: a leaver whom the provider renames stays known by what they signed in as.';
  COMMENT ON TABLE adoption_requests IS
    'People whom a directory brought, and the organization has from elsewhere, where the directory''s word is not enough.';
  COMMENT ON COLUMN adoption_requests.content IS 'What the directory says of them.';
  COMMENT ON COLUMN directories.adoption IS
    'What happens where it brings somebody whom the organization has from elsewhere.';
  COMMENT ON FUNCTION sign_in_key(jsonb, text) IS
    'The folded address that somebody signs in by: the primary e-mail, else the first one, else the userName; null where that is none.';
  COMMENT ON FUNCTION forget_yielding() IS 'Somebody who gets another address has yielded nothing any more.';
  COMMENT ON FUNCTION give_address_back() IS
    'An address that becomes free goes to whoever yielded it: somebody who is there first, then the oldest.';
  COMMENT ON FUNCTION remember_names() IS 'Keeps former_names.';
  COMMENT ON FUNCTION adoption_verdict(text, text, text) IS
    'Whether a directory may have somebody whom the organization has from elsewhere: own, yes, or why not.';
  COMMENT ON FUNCTION is_findable(text, text, text) IS
    'Whether a directory finds somebody: its own people, those whom it may have, and those whom it asked for.';
END $do$;
