package api

import "github.com/proba-exam/proba/auth"

// certificatesTable is the pages on which certificates are looked after.
func (w workbench) certificatesTable() table {
	return table{byCookie, []route{
		{"GET", "/workbench/certificates", "certificatesDesk", auth.CertificatesRead, 0, unlimited, w.certificates},
		{"GET", "/workbench/certificates/:certificate", "certificateDesk", auth.CertificatesRead, 0, unlimited, w.certificate},
		{"GET", "/workbench/certificates/:certificate/files/:file", "certificateFileDesk", auth.CertificatesRead, 0, unlimited, w.certificateFile},
		{"POST", "/workbench/certificates/:certificate/suspend", "suspendDesk", auth.CertificatesRevoke, maxBody, unlimited, w.suspendCertificate},
		{"POST", "/workbench/certificates/:certificate/resume", "resumeDesk", auth.CertificatesRevoke, maxBody, unlimited, w.resumeCertificate},
		{"POST", "/workbench/certificates/:certificate/revoke", "revokeDesk", auth.CertificatesRevoke, maxBody, unlimited, w.revokeCertificate},
		{"POST", "/workbench/certificates/:certificate/reissue", "reissueDesk", auth.CertificatesIssue, maxBody, unlimited, w.reissueCertificate},
		{"GET", "/workbench/verification-kit", "kitDesk", auth.CertificatesRead, 0, unlimited, w.kit},
	}}
}
