-- Which connections may vouch for addresses of a domain; a domain with none here may be used by all of them. A connection
-- that is bound cannot be removed beneath it, since a domain that loses its last one would be open to all.
CREATE TABLE "domain_connections" (
	"organization_id" text NOT NULL,
	"domain_id" text NOT NULL,
	"connection_id" text NOT NULL,
	CONSTRAINT "domain_connections_organization_id_domain_id_connection_id_pk" PRIMARY KEY("organization_id","domain_id","connection_id")
);
--> statement-breakpoint
ALTER TABLE "domain_connections" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "domain_connections" ADD CONSTRAINT "domain_connections_organization_id_domain_id_domains_organization_id_id_fk" FOREIGN KEY ("organization_id","domain_id") REFERENCES "public"."domains"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "domain_connections" ADD CONSTRAINT "domain_connections_organization_id_connection_id_connections_organization_id_id_fk" FOREIGN KEY ("organization_id","connection_id") REFERENCES "public"."connections"("organization_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE POLICY "own_organization" ON "domain_connections" AS PERMISSIVE FOR ALL TO "rolecall_server" USING (organization_id = (select current_setting('rolecall.organization_id', true))) WITH CHECK (organization_id = (select current_setting('rolecall.organization_id', true)));--> statement-breakpoint
-- Identities that wait for an administrator's word before they are linked to somebody who manages something.
CREATE TABLE "link_requests" (
	"organization_id" text NOT NULL,
	"id" text NOT NULL,
	"connection_id" text NOT NULL,
	"subject" text NOT NULL,
	"user_id" text NOT NULL,
	"email" text NOT NULL,
	"status" text NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"last_seen_at" timestamp(3) with time zone NOT NULL,
	"decided_at" timestamp(3) with time zone,
	"decided_by" text,
	CONSTRAINT "link_requests_organization_id_id_pk" PRIMARY KEY("organization_id","id")
);
--> statement-breakpoint
ALTER TABLE "link_requests" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "link_requests" ADD CONSTRAINT "link_requests_organization_id_connection_id_connections_organization_id_id_fk" FOREIGN KEY ("organization_id","connection_id") REFERENCES "public"."connections"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "link_requests" ADD CONSTRAINT "link_requests_organization_id_user_id_users_organization_id_id_fk" FOREIGN KEY ("organization_id","user_id") REFERENCES "public"."users"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "link_requests_once" ON "link_requests" USING btree ("organization_id","connection_id","subject","user_id");--> statement-breakpoint
CREATE INDEX "link_requests_user" ON "link_requests" USING btree ("organization_id","user_id");--> statement-breakpoint
CREATE POLICY "own_organization" ON "link_requests" AS PERMISSIVE FOR ALL TO "rolecall_server" USING (organization_id = (select current_setting('rolecall.organization_id', true))) WITH CHECK (organization_id = (select current_setting('rolecall.organization_id', true)));--> statement-breakpoint
-- How an address of a person was proven to be theirs, for as long as they have it.
CREATE TABLE "email_proofs" (
	"organization_id" text NOT NULL,
	"user_id" text NOT NULL,
	"value_key" text NOT NULL,
	"how" text NOT NULL,
	"connection_id" text,
	"proven_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "email_proofs_organization_id_user_id_value_key_how_pk" PRIMARY KEY("organization_id","user_id","value_key","how")
);
--> statement-breakpoint
ALTER TABLE "email_proofs" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "email_proofs" ADD CONSTRAINT "email_proofs_organization_id_user_id_users_organization_id_id_fk" FOREIGN KEY ("organization_id","user_id") REFERENCES "public"."users"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE POLICY "own_organization" ON "email_proofs" AS PERMISSIVE FOR ALL TO "rolecall_server" USING (organization_id = (select current_setting('rolecall.organization_id', true))) WITH CHECK (organization_id = (select current_setting('rolecall.organization_id', true)));--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON domain_connections, link_requests, email_proofs TO rolecall_server;
--> statement-breakpoint
-- The folded addresses that a person has: those in the e-mail list, or else the userName.
CREATE FUNCTION address_keys(p_attributes jsonb, p_user_name_key text) RETURNS text[] LANGUAGE sql IMMUTABLE
  SET search_path = public, pg_temp AS $$
  SELECT coalesce(nullif(array(SELECT fold(e.value ->> 'value') FROM jsonb_array_elements(
      CASE jsonb_typeof(p_attributes -> 'emails') WHEN 'array' THEN p_attributes -> 'emails' ELSE '[]' END) e (value)
    WHERE e.value ->> 'value' IS NOT NULL), '{}'), ARRAY[p_user_name_key]) $$;
--> statement-breakpoint
-- Whatever changes an address, be it a directory, an administrator or the person, takes its proof away, and every link that
-- was mailed to the old one.
CREATE FUNCTION forget_address() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  DELETE FROM email_proofs p WHERE p.organization_id = NEW.organization_id AND p.user_id = NEW.id
    AND p.value_key <> ALL (address_keys(NEW.attributes, NEW.user_name_key));
  UPDATE password_resets r SET used_at = now() WHERE r.organization_id = NEW.organization_id AND r.user_id = NEW.id
    AND r.used_at IS NULL;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER forget_address AFTER UPDATE OF attributes, user_name ON users FOR EACH ROW
  WHEN (OLD.attributes -> 'emails' IS DISTINCT FROM NEW.attributes -> 'emails'
    OR OLD.user_name_key IS DISTINCT FROM NEW.user_name_key)
  EXECUTE FUNCTION forget_address();
--> statement-breakpoint
-- Refusals of whoever has begun nothing here are counted: one row for a connection, a reason and an hour.
ALTER TABLE "sign_in_attempts" ADD COLUMN "count" integer;--> statement-breakpoint
ALTER TABLE "sign_in_attempts" ADD COLUMN "bucket" text;--> statement-breakpoint
ALTER TABLE "sign_in_attempts" ADD COLUMN "last_at" timestamp(3) with time zone;--> statement-breakpoint
CREATE UNIQUE INDEX "sign_in_attempts_bucket" ON "sign_in_attempts" USING btree ("organization_id","bucket") WHERE bucket is not null;--> statement-breakpoint
-- Whether the sign-in page tells an organization's name and ways in to whoever knows its short name.
ALTER TABLE "organizations" ADD COLUMN "sign_in_page" text DEFAULT 'named' NOT NULL;--> statement-breakpoint
CREATE FUNCTION resolve_named_organization(p_slug text) RETURNS TABLE (organization_id text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
  AS $$ SELECT o.id FROM organizations o WHERE o.slug = p_slug AND o.status = 'active' AND o.sign_in_page = 'named' $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION resolve_named_organization(text) FROM PUBLIC;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION resolve_named_organization(text) TO rolecall_server;
--> statement-breakpoint
-- The AD FS preset took the UPN for an address, which it need not be.
UPDATE connections SET settings = jsonb_set(settings, '{claims,email}', '["email"]')
  WHERE preset = 'adfs' AND type = 'oidc' AND settings #> '{claims,email}' = '["email", "upn"]';
