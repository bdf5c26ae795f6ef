import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.Base64;
import org.openqa.selenium.By;
import org.openqa.selenium.support.ui.ExpectedConditions;
import org.openqa.selenium.support.ui.WebDriverWait;
import org.openqa.selenium.virtualauthenticator.Credential;
import org.openqa.selenium.virtualauthenticator.HasVirtualAuthenticator;
import org.openqa.selenium.virtualauthenticator.VirtualAuthenticatorOptions;

// The passkey that the user enrolled, as your secret store keeps it.
VirtualAuthenticatorOptions options = new VirtualAuthenticatorOptions()
    .setProtocol(VirtualAuthenticatorOptions.Protocol.CTAP2)
    .setTransport(VirtualAuthenticatorOptions.Transport.INTERNAL)
    .setHasResidentKey(true).setHasUserVerification(true).setIsUserVerified(true);
Base64.Decoder base64 = Base64.getUrlDecoder();
((HasVirtualAuthenticator) driver).addVirtualAuthenticator(options).addCredential(Credential.createResidentCredential(
    base64.decode(System.getenv("VESTIBULE_PASSKEY_CREDENTIAL_ID")), System.getenv("VESTIBULE_PASSKEY_RP_ID"),
    new PKCS8EncodedKeySpec(base64.decode(System.getenv("VESTIBULE_PASSKEY_PRIVATE_KEY"))),
    base64.decode(System.getenv("VESTIBULE_PASSKEY_USER_HANDLE")),
    Integer.parseInt(System.getenv("VESTIBULE_PASSKEY_SIGN_COUNT"))));
By button = By.xpath("//button[contains(., 'Log In With a Passkey')]");
new WebDriverWait(driver, Duration.ofSeconds(30)).until(ExpectedConditions.elementToBeClickable(button)).click();
