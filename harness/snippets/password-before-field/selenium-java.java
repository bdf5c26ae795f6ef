import java.time.Duration;
import org.openqa.selenium.By;
import org.openqa.selenium.support.ui.ExpectedConditions;
import org.openqa.selenium.support.ui.WebDriverWait;

// Page 1 has the username only; the password is on page 2, which has the same button.
WebDriverWait wait = new WebDriverWait(driver, Duration.ofSeconds(30));
By username = By.id("username"), password = By.id("password"), button = By.id("Login");
wait.until(ExpectedConditions.visibilityOfElementLocated(username)).sendKeys(System.getenv("VESTIBULE_USERNAME"));
driver.findElement(button).click();
wait.until(ExpectedConditions.visibilityOfElementLocated(password)).sendKeys(System.getenv("VESTIBULE_PASSWORD"));
driver.findElement(button).click();
