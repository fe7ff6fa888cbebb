CREATE TABLE "application_permissions" (
	"organization_id" text NOT NULL,
	"name" text NOT NULL,
	"description" text NOT NULL,
	"parameter" text,
	"created_at" timestamp(3) with time zone NOT NULL,
	"created_by" text NOT NULL,
	CONSTRAINT "application_permissions_organization_id_name_pk" PRIMARY KEY("organization_id","name")
);
--> statement-breakpoint
ALTER TABLE "application_permissions" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "policies" (
	"organization_id" text NOT NULL,
	"id" text NOT NULL,
	"name" text NOT NULL,
	"permission" text NOT NULL,
	"brand_id" text,
	"except_role_ids" jsonb NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"created_by" text NOT NULL,
	CONSTRAINT "policies_organization_id_id_pk" PRIMARY KEY("organization_id","id"),
	CONSTRAINT "policies_name" UNIQUE("organization_id","name")
);
--> statement-breakpoint
ALTER TABLE "policies" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "alarms" (
	"organization_id" text NOT NULL,
	"id" text NOT NULL,
	"kind" text NOT NULL,
	"detail" jsonb NOT NULL,
	"raised_at" timestamp(3) with time zone NOT NULL,
	"notified_at" timestamp(3) with time zone,
	"settled_at" timestamp(3) with time zone,
	"settled_by" text,
	CONSTRAINT "alarms_organization_id_id_pk" PRIMARY KEY("organization_id","id")
);
--> statement-breakpoint
ALTER TABLE "alarms" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "setup_links" (
	"organization_id" text NOT NULL,
	"id" text NOT NULL,
	"token_hash" text NOT NULL,
	"label" text NOT NULL,
	"connection_id" text,
	"directory_id" text,
	"created_by" text NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"expires_at" timestamp(3) with time zone NOT NULL,
	"revoked_at" timestamp(3) with time zone,
	"last_used_at" timestamp(3) with time zone,
	CONSTRAINT "setup_links_organization_id_id_pk" PRIMARY KEY("organization_id","id")
);
--> statement-breakpoint
ALTER TABLE "setup_links" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "directory_activity" (
	"organization_id" text NOT NULL,
	"directory_id" text NOT NULL,
	"first_request_at" timestamp(3) with time zone NOT NULL,
	"last_request_at" timestamp(3) with time zone NOT NULL,
	"last_change_at" timestamp(3) with time zone,
	"last_error_at" timestamp(3) with time zone,
	"last_error" text,
	"user_agent" text,
	CONSTRAINT "directory_activity_organization_id_directory_id_pk" PRIMARY KEY("organization_id","directory_id")
);
--> statement-breakpoint
ALTER TABLE "directory_activity" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "provisioning_events" (
	"organization_id" text NOT NULL,
	"id" text NOT NULL,
	"directory_id" text NOT NULL,
	"occurred_at" timestamp(3) with time zone NOT NULL,
	"method" text NOT NULL,
	"path" text NOT NULL,
	"status" integer NOT NULL,
	"duration_millis" integer NOT NULL,
	"request" jsonb,
	"response" jsonb,
	"quirks" jsonb NOT NULL,
	"target_id" text,
	"user_agent" text,
	"request_id" text NOT NULL,
	CONSTRAINT "provisioning_events_organization_id_id_pk" PRIMARY KEY("organization_id","id")
);
--> statement-breakpoint
ALTER TABLE "provisioning_events" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "mappings" DROP CONSTRAINT "mappings_once";--> statement-breakpoint
ALTER TABLE "mappings" ALTER COLUMN "group_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "assignments" ADD COLUMN "review_at" timestamp(3) with time zone;--> statement-breakpoint
ALTER TABLE "assignments" ADD COLUMN "reminded_days" integer;--> statement-breakpoint
ALTER TABLE "mappings" ADD COLUMN "filter" text;--> statement-breakpoint
ALTER TABLE "mappings" ADD COLUMN "filter_path" text;--> statement-breakpoint
ALTER TABLE "mappings" ADD COLUMN "pattern" text;--> statement-breakpoint
ALTER TABLE "roles" ADD COLUMN "owner" text;--> statement-breakpoint
ALTER TABLE "roles" ADD COLUMN "review_at" timestamp(3) with time zone;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "returns_at" timestamp(3) with time zone;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "last_active_at" timestamp(3) with time zone;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "name_key" text GENERATED ALWAYS AS (bare(coalesce(display_name, user_name))) STORED;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "search_key" text GENERATED ALWAYS AS (bare(coalesce(display_name, '') || ' ' || user_name || ' ' || coalesce(attributes #>> '{name,givenName}', '')
        || ' ' || coalesce(attributes #>> '{name,familyName}', '')
        || ' ' || jsonb_path_query_array(attributes, '$.emails[*].value')::text)) STORED;--> statement-breakpoint
ALTER TABLE "organizations" ADD COLUMN "provisioning_log_days" integer DEFAULT 30 NOT NULL;--> statement-breakpoint
ALTER TABLE "organizations" ADD COLUMN "sign_in_trace_days" integer DEFAULT 180 NOT NULL;--> statement-breakpoint
ALTER TABLE "organizations" ADD COLUMN "mail_days" integer DEFAULT 30 NOT NULL;--> statement-breakpoint
ALTER TABLE "organizations" ADD COLUMN "end_date_grace_days" integer;--> statement-breakpoint
ALTER TABLE "organizations" ADD COLUMN "access_contact" text;--> statement-breakpoint
ALTER TABLE "organizations" ADD COLUMN "personal_mail_domains" jsonb;--> statement-breakpoint
ALTER TABLE "application_permissions" ADD CONSTRAINT "application_permissions_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "policies" ADD CONSTRAINT "policies_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "policies" ADD CONSTRAINT "policies_organization_id_brand_id_brands_organization_id_id_fk" FOREIGN KEY ("organization_id","brand_id") REFERENCES "public"."brands"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "alarms" ADD CONSTRAINT "alarms_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "setup_links" ADD CONSTRAINT "setup_links_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "setup_links" ADD CONSTRAINT "setup_links_organization_id_connection_id_connections_organization_id_id_fk" FOREIGN KEY ("organization_id","connection_id") REFERENCES "public"."connections"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "setup_links" ADD CONSTRAINT "setup_links_organization_id_directory_id_directories_organization_id_id_fk" FOREIGN KEY ("organization_id","directory_id") REFERENCES "public"."directories"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "directory_activity" ADD CONSTRAINT "directory_activity_organization_id_directory_id_directories_organization_id_id_fk" FOREIGN KEY ("organization_id","directory_id") REFERENCES "public"."directories"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "provisioning_events" ADD CONSTRAINT "provisioning_events_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "alarms_to_notify" ON "alarms" USING btree ("raised_at") WHERE notified_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "setup_links_token" ON "setup_links" USING btree ("token_hash");--> statement-breakpoint
CREATE INDEX "provisioning_events_directory" ON "provisioning_events" USING btree ("organization_id","directory_id","id");--> statement-breakpoint
CREATE INDEX "provisioning_events_target" ON "provisioning_events" USING btree ("organization_id","target_id","id") WHERE target_id is not null;--> statement-breakpoint
CREATE INDEX "provisioning_events_failed" ON "provisioning_events" USING btree ("organization_id","id") WHERE status >= 400;--> statement-breakpoint
CREATE INDEX "provisioning_events_age" ON "provisioning_events" USING btree ("occurred_at");--> statement-breakpoint
CREATE INDEX "assignments_role" ON "assignments" USING btree ("organization_id","role_id");--> statement-breakpoint
CREATE INDEX "assignments_brand" ON "assignments" USING btree ("organization_id","brand_id");--> statement-breakpoint
CREATE INDEX "assignments_ending" ON "assignments" USING btree ("expires_at") WHERE expires_at is not null;--> statement-breakpoint
CREATE INDEX "mappings_role" ON "mappings" USING btree ("organization_id","role_id");--> statement-breakpoint
CREATE INDEX "mappings_brand" ON "mappings" USING btree ("organization_id","brand_id");--> statement-breakpoint
CREATE INDEX "mappings_filter" ON "mappings" USING btree ("organization_id") WHERE filter_path is not null;--> statement-breakpoint
CREATE INDEX "audit_events_action" ON "audit_events" USING btree ("organization_id","action","id");--> statement-breakpoint
CREATE INDEX "audit_events_actor" ON "audit_events" USING btree ("organization_id","actor_id","id");--> statement-breakpoint
CREATE INDEX "users_name" ON "users" USING btree ("organization_id","name_key","id") WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX "users_status" ON "users" USING btree ("organization_id","status","name_key","id") WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX "users_last_active" ON "users" USING btree ("organization_id",last_active_at desc nulls last,"id") WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX "users_returning" ON "users" USING btree ("returns_at") WHERE returns_at is not null;--> statement-breakpoint
ALTER TABLE "mappings" ADD CONSTRAINT "mappings_once" UNIQUE NULLS NOT DISTINCT("organization_id","group_id","filter","role_id","brand_id");--> statement-breakpoint
ALTER TABLE "mappings" ADD CONSTRAINT "mappings_group_or_filter" CHECK ((group_id is null) = (filter is not null) and (filter is null) = (filter_path is null));--> statement-breakpoint
CREATE POLICY "own_organization" ON "application_permissions" AS PERMISSIVE FOR ALL TO "rolecall_server" USING (organization_id = (select current_setting('rolecall.organization_id', true))) WITH CHECK (organization_id = (select current_setting('rolecall.organization_id', true)));--> statement-breakpoint
CREATE POLICY "own_organization" ON "policies" AS PERMISSIVE FOR ALL TO "rolecall_server" USING (organization_id = (select current_setting('rolecall.organization_id', true))) WITH CHECK (organization_id = (select current_setting('rolecall.organization_id', true)));--> statement-breakpoint
CREATE POLICY "own_organization" ON "alarms" AS PERMISSIVE FOR ALL TO "rolecall_server" USING (organization_id = (select current_setting('rolecall.organization_id', true))) WITH CHECK (organization_id = (select current_setting('rolecall.organization_id', true)));--> statement-breakpoint
CREATE POLICY "own_organization" ON "setup_links" AS PERMISSIVE FOR ALL TO "rolecall_server" USING (organization_id = (select current_setting('rolecall.organization_id', true))) WITH CHECK (organization_id = (select current_setting('rolecall.organization_id', true)));--> statement-breakpoint
CREATE POLICY "own_organization" ON "directory_activity" AS PERMISSIVE FOR ALL TO "rolecall_server" USING (organization_id = (select current_setting('rolecall.organization_id', true))) WITH CHECK (organization_id = (select current_setting('rolecall.organization_id', true)));--> statement-breakpoint
CREATE POLICY "own_organization" ON "provisioning_events" AS PERMISSIVE FOR ALL TO "rolecall_server" USING (organization_id = (select current_setting('rolecall.organization_id', true))) WITH CHECK (organization_id = (select current_setting('rolecall.organization_id', true)));