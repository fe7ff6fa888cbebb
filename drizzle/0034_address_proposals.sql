CREATE TABLE "address_proposals" (
	"organization_id" text NOT NULL,
	"user_id" text NOT NULL,
	"directory_id" text NOT NULL,
	"user_name" text NOT NULL,
	"emails" jsonb NOT NULL,
	"status" text NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"last_seen_at" timestamp(3) with time zone NOT NULL,
	"decided_at" timestamp(3) with time zone,
	"decided_by" text,
	CONSTRAINT "address_proposals_organization_id_user_id_pk" PRIMARY KEY("organization_id","user_id")
);
--> statement-breakpoint
ALTER TABLE "address_proposals" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "organizations" ALTER COLUMN "email_change" SET DEFAULT 'verified';--> statement-breakpoint
ALTER TABLE "address_proposals" ADD CONSTRAINT "address_proposals_organization_id_directory_id_directories_organization_id_id_fk" FOREIGN KEY ("organization_id","directory_id") REFERENCES "public"."directories"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "address_proposals" ADD CONSTRAINT "address_proposals_organization_id_user_id_users_organization_id_id_fk" FOREIGN KEY ("organization_id","user_id") REFERENCES "public"."users"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "address_proposals_directory" ON "address_proposals" USING btree ("organization_id","directory_id");--> statement-breakpoint
CREATE POLICY "own_organization" ON "address_proposals" AS PERMISSIVE FOR ALL TO "rolecall_server" USING (organization_id = (select current_setting('rolecall.organization_id', true))) WITH CHECK (organization_id = (select current_setting('rolecall.organization_id', true)));--> statement-breakpoint
-- What was allowed so far, by administrators and by people with a link, is what `verified` allows.
UPDATE organizations SET email_change = 'verified' WHERE email_change = 'allowed';
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON address_proposals TO rolecall_server;
--> statement-breakpoint
COMMENT ON TABLE address_proposals IS
  'Addresses that a directory wants people to have, where the organization never changes one without an administrator''s word.';
