-- Access tokens for directories: by OAuth 2.0 client credentials, or issued by a tenant of Entra ID itself.
CREATE TABLE "directory_clients" (
	"organization_id" text NOT NULL,
	"id" text NOT NULL,
	"directory_id" text NOT NULL,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"secret_hash" text,
	"settings" jsonb NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"expires_at" timestamp(3) with time zone,
	"revoked_at" timestamp(3) with time zone,
	CONSTRAINT "directory_clients_organization_id_id_pk" PRIMARY KEY("organization_id","id")
);
--> statement-breakpoint
ALTER TABLE "directory_clients" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "directory_tokens" ADD COLUMN "client_id" text;
--> statement-breakpoint
ALTER TABLE "directory_clients" ADD CONSTRAINT "directory_clients_organization_id_directory_id_directories_organization_id_id_fk" FOREIGN KEY ("organization_id","directory_id") REFERENCES "public"."directories"("organization_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
CREATE UNIQUE INDEX "directory_clients_id" ON "directory_clients" USING btree ("id");
--> statement-breakpoint
CREATE INDEX "directory_clients_directory" ON "directory_clients" USING btree ("directory_id");
--> statement-breakpoint
ALTER TABLE "directory_tokens" ADD CONSTRAINT "directory_tokens_organization_id_client_id_directory_clients_organization_id_id_fk" FOREIGN KEY ("organization_id","client_id") REFERENCES "public"."directory_clients"("organization_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
CREATE INDEX "directory_tokens_client" ON "directory_tokens" USING btree ("organization_id","client_id") WHERE client_id is not null;
--> statement-breakpoint
CREATE POLICY "own_organization" ON "directory_clients" AS PERMISSIVE FOR ALL TO "rolecall_server" USING (organization_id = (select current_setting('rolecall.organization_id', true))) WITH CHECK (organization_id = (select current_setting('rolecall.organization_id', true)));
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON directory_clients TO rolecall_server;
--> statement-breakpoint
-- Whose a client is, before any organization is entered; says nothing of whether it still counts.
CREATE FUNCTION resolve_directory_client(p_client_id text) RETURNS TABLE (organization_id text, directory_id text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT c.organization_id, c.directory_id FROM directory_clients c WHERE c.id = p_client_id $$;
--> statement-breakpoint
-- Whose tokens a directory takes that were issued elsewhere, before any organization is entered.
CREATE FUNCTION resolve_directory_issuers(p_directory_id text)
  RETURNS TABLE (organization_id text, client_id text, settings jsonb)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT c.organization_id, c.id, c.settings FROM directory_clients c WHERE c.directory_id = p_directory_id
    AND c.kind = 'entra' AND c.revoked_at IS NULL AND (c.expires_at IS NULL OR c.expires_at > now()) $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION resolve_directory_client(text), resolve_directory_issuers(text) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION resolve_directory_client(text), resolve_directory_issuers(text) TO rolecall_server;
--> statement-breakpoint
COMMENT ON TABLE directory_clients IS
  'Who may have access tokens for a directory: by a secret or key of their own (OAuth 2.0 client credentials), or, for entra, by '
  'what a tenant of Entra ID issues itself. settings: public keys, or tenant and audience.';
--> statement-breakpoint
COMMENT ON COLUMN directory_tokens.client_id IS 'Of an access token: the client that it was given to, whose revocation ends it.';
--> statement-breakpoint
COMMENT ON FUNCTION resolve_directory_client(text) IS
  'Whose a client is, before any organization is entered; says nothing of whether it still counts.';
--> statement-breakpoint
COMMENT ON FUNCTION resolve_directory_issuers(text) IS
  'Whose tokens a directory takes that were issued elsewhere, before any organization is entered.';
