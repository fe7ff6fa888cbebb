CREATE TABLE "emergency_uses" (
	"organization_id" text NOT NULL,
	"user_id" text NOT NULL,
	"id" text NOT NULL,
	"reason" text NOT NULL,
	"ip" text,
	"started_at" timestamp(3) with time zone NOT NULL,
	"statement" text,
	"signed_at" timestamp(3) with time zone,
	"signed_by" text,
	CONSTRAINT "emergency_uses_organization_id_id_pk" PRIMARY KEY("organization_id","id")
);
--> statement-breakpoint
ALTER TABLE "emergency_uses" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "emergency_accounts" ADD COLUMN "sealed_at" timestamp(3) with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "emergency_uses" ADD CONSTRAINT "emergency_uses_organization_id_user_id_users_organization_id_id_fk" FOREIGN KEY ("organization_id","user_id") REFERENCES "public"."users"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "emergency_uses_user" ON "emergency_uses" USING btree ("organization_id","user_id","started_at");--> statement-breakpoint
CREATE POLICY "own_organization" ON "emergency_uses" AS PERMISSIVE FOR ALL TO "rolecall_server" USING (organization_id = (select current_setting('rolecall.organization_id', true))) WITH CHECK (organization_id = (select current_setting('rolecall.organization_id', true)));--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON emergency_uses TO rolecall_server;
