CREATE TABLE "mail_servers" (
	"organization_id" text PRIMARY KEY NOT NULL,
	"status" text NOT NULL,
	"host" text NOT NULL,
	"port" integer NOT NULL,
	"security" text NOT NULL,
	"username" text,
	"password_sealed" text,
	"sender_address" text NOT NULL,
	"sender_name" text NOT NULL,
	"updated_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "mail_servers_port" CHECK (port between 1 and 65535),
	CONSTRAINT "mail_servers_password" CHECK ((username is null) = (password_sealed is null))
);
--> statement-breakpoint
ALTER TABLE "mail_servers" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "mail_servers" ADD CONSTRAINT "mail_servers_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE POLICY "own_organization" ON "mail_servers" AS PERMISSIVE FOR ALL TO "rolecall_server" USING (organization_id = (select current_setting('rolecall.organization_id', true))) WITH CHECK (organization_id = (select current_setting('rolecall.organization_id', true)));--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON mail_servers TO rolecall_server;
--> statement-breakpoint
DO $do$ BEGIN
  COMMENT ON TABLE mail_servers IS 'The mail server of an organization, where it has one of its own. None, or off: the installation''s, by SMTP_URL.';
  COMMENT ON COLUMN mail_servers.security IS 'tls from the first byte; starttls, and nothing before it; none, for development on loopback alone.';
END $do$;
