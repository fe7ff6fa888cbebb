-- The session that a sign-in led to: an answer that comes again leads on there, and another sign-in of the browser ends it.
ALTER TABLE "sign_in_requests" ADD COLUMN "session_id" text;--> statement-breakpoint
CREATE INDEX "sign_in_requests_browser" ON "sign_in_requests" USING btree ("organization_id","browser_hash") WHERE session_id is not null;