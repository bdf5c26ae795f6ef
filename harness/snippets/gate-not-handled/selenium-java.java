import java.time.Duration;
import org.openqa.selenium.By;
import org.openqa.selenium.support.ui.ExpectedConditions;
import org.openqa.selenium.support.ui.WebDriverWait;
import org.openqa.selenium.virtualauthenticator.HasVirtualAuthenticator;
import org.openqa.selenium.virtualauthenticator.VirtualAuthenticatorOptions;

By create = By.xpath("//button[contains(., 'Create Passkey')]");
new WebDriverWait(driver, Duration.ofSeconds(30)).until(ExpectedConditions.elementToBeClickable(create));
// The gate wants a passkey: a virtual authenticator makes one. It is lost with the browser, so keep it if you log in again.
VirtualAuthenticatorOptions options = new VirtualAuthenticatorOptions()
    .setProtocol(VirtualAuthenticatorOptions.Protocol.CTAP2)
    .setTransport(VirtualAuthenticatorOptions.Transport.INTERNAL)
    .setHasResidentKey(true).setHasUserVerification(true).setIsUserVerified(true);
((HasVirtualAuthenticator) driver).addVirtualAuthenticator(options);
driver.findElement(create).click();
