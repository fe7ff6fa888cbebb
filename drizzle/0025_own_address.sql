CREATE TABLE "address_changes" (
	"organization_id" text NOT NULL,
	"user_id" text NOT NULL,
	"token_hash" text NOT NULL,
	"email" text NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"expires_at" timestamp(3) with time zone NOT NULL,
	"used_at" timestamp(3) with time zone,
	CONSTRAINT "address_changes_organization_id_user_id_pk" PRIMARY KEY("organization_id","user_id")
);
--> statement-breakpoint
ALTER TABLE "address_changes" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "address_changes" ADD CONSTRAINT "address_changes_organization_id_user_id_users_organization_id_id_fk" FOREIGN KEY ("organization_id","user_id") REFERENCES "public"."users"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE POLICY "own_organization" ON "address_changes" AS PERMISSIVE FOR ALL TO "rolecall_server" USING (organization_id = (select current_setting('rolecall.organization_id', true))) WITH CHECK (organization_id = (select current_setting('rolecall.organization_id', true)));
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON address_changes TO rolecall_server;
--> statement-breakpoint
DO $do$ BEGIN
  COMMENT ON TABLE address_changes IS 'A new sign-in address that waits until its link is opened; one a person.';
END $do$;
